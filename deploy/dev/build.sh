# shellcheck shell=bash
# ./dev build [--asan|--tsan]: the presets of CMakePresets.json.

dev_build() {
    local preset=release
    case ${1:-} in
        "") ;;
        --asan | --tsan) preset=${1#--} ;;
        *) usage_error "build does not know $1" ;;
    esac
    packages_need build
    build_preset "$preset"
}

# preset_dir PRESET: where CMakePresets.json puts it
preset_dir() {
    case $1 in
        release) printf 'build\n' ;;
        *) printf 'build/%s\n' "$1" ;;
    esac
}

# build_preset PRESET: words go to standard error, as the commands that build first have output of
# their own
build_preset() {
    local dir
    dir=$(preset_dir "$1")
    if [[ ! -e $dir/build.ninja ]]; then
        cmake --preset "$1" >/dev/null
    fi
    say "dev: building $1 into $dir"
    cmake --build "$dir" >&2
}

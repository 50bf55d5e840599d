# shellcheck shell=bash
# ./dev cross arm64|armhf: the agent for the boards, as a Debian package in build/packages/. The
# libraries are Debian's own for that architecture (multiarch), so the board needs nothing else.

CROSS_LIBRARIES=(libmosquitto-dev libssl-dev libcjson-dev libsqlite3-dev libgps-dev libinih-dev)

dev_cross() {
    local board=${1:-} dir
    case $board in
        arm64 | armhf) ;;
        *) usage_error "cross for which board, arm64 or armhf?" ;;
    esac
    cross_need "$board"
    dir=build/$board
    cmake -S . -B "$dir" -G Ninja --log-level=WARNING -DCMAKE_BUILD_TYPE=RelWithDebInfo \
        -DCARRITO_AGENT_ONLY=ON "-DCMAKE_TOOLCHAIN_FILE=$ROOT/toolchains/$board.cmake" >&2
    cmake --build "$dir" >&2
    package_make carrito-agent "$board" "$dir"
}

# A foreign architecture stays in the machine's package lists, so the person is asked.
cross_need() {
    local board=$1 answer library wanted=() missing
    packages_need build package
    if ! dpkg --print-foreign-architectures | grep -qx "$board"; then
        say "dev: Debian's libraries for $board are needed; for them $board is added to this"
        say "     machine's package lists (dpkg --add-architecture $board)."
        if [[ -t 0 ]]; then
            read -r -p "dev: go on? [y/N] " answer
            [[ $answer == [yY]* ]] || die "nothing was changed"
        fi
        as_root dpkg --add-architecture "$board"
    fi
    for library in "${CROSS_LIBRARIES[@]}"; do
        wanted+=("$library:$board")
    done
    mapfile -t missing < <(packages_missing "crossbuild-essential-$board" "${wanted[@]}")
    [[ ${#missing[@]} -eq 0 ]] || packages_install "cross $board" "${missing[@]}"
}

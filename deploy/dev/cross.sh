# shellcheck shell=bash
# ./dev cross arm64|armhf [--release NAME]: what runs on the boards, as Debian packages in
# build/packages/: the agent, and the keypad's program. It is built in a Debian of its own that has the board's architecture and release
# beside the cross compiler: the board's libraries are Debian's own, and no foreign architecture
# comes into this machine's package lists.

CROSS_LIBRARIES=(libmosquitto-dev libssl-dev libcjson-dev libsqlite3-dev libgps-dev libexpat1-dev
    libevdev-dev libcmocka-dev)

dev_cross() {
    local board=${1:-} release
    release=$(debian_release)
    case $board in
        arm64 | armhf) shift ;;
        *) usage_error "cross for which board, arm64 or armhf?" ;;
    esac
    if [[ ${1:-} == --release && -n ${2:-} ]]; then
        release=$2
        shift 2
    fi
    [[ $# -eq 0 ]] || usage_error "cross does not know $1"
    cross_root "$board" "$release"
    root_run "$ROOT_DIR" ./dev cross-here "$board" "build/$board-$release"
}

# cross_root BOARD RELEASE
cross_root() {
    local board=$1 release=$2 packaging wanted
    packages_need root
    mapfile -t packaging < <(packages_of "$release" package)
    wanted=(build-essential "crossbuild-essential-$board" cmake ninja-build pkg-config
        "${packaging[@]}" "${CROSS_LIBRARIES[@]/%/:$board}")
    root_need "cross-$release-$board" "$release" "$(dpkg --print-architecture),$board" "${wanted[@]}"
}

# dev_cross-here BOARD DIR: the part of cross that runs inside of its root
dev_cross-here() {
    cmake -S . -B "$2" -G Ninja --log-level=WARNING -DCMAKE_BUILD_TYPE=RelWithDebInfo \
        -DCARRITO_AGENT_ONLY=ON "-DCMAKE_TOOLCHAIN_FILE=$ROOT/toolchains/$1.cmake" >&2
    cmake --build "$2" >&2
    package_make carrito-agent "$1" "$2"
    package_make carrito-till "$1" "$2"
}

# ./dev test cross: for each board its package, and a clean Debian of its architecture, as a board
# has it before carrito comes; then pytest. CARRITO_TEST_BOARDS=armhf takes only one.
test_cross() {
    local board release package
    release=$(debian_release)
    packages_need root cross
    export CARRITO_TEST_BOARDS=${CARRITO_TEST_BOARDS:-arm64 armhf} CARRITO_TEST_RELEASE=$release
    CARRITO_TEST_FOREIGN=$(dpkg --print-foreign-architectures)
    export CARRITO_TEST_FOREIGN
    for board in $CARRITO_TEST_BOARDS; do
        say "dev: the agent for $board"
        package=$(run_counted "cross-$board" "$ROOT/dev" cross "$board" | grep 'carrito-agent_.*\.deb$') || return 0
        export "CARRITO_TEST_PACKAGE_$board=$ROOT/$package"
        binfmt_need "$board"
        root_need "board-$release-$board" "$release" "$board" systemd systemd-sysv \
            ca-certificates tzdata
    done
    test_e2e release tests/cross "$@"
}

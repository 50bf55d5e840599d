# shellcheck shell=bash
# ./dev cross arm64|armhf: the agent for the boards, as a Debian package in build/packages/. The
# libraries are Debian's own for that architecture (multiarch), so the board needs nothing else.

CROSS_LIBRARIES=(libmosquitto-dev libcjson-dev libsqlite3-dev libgps-dev libinih-dev)

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
    cross_package "$board" "$dir"
}

# A foreign architecture stays in the machine's package lists, so the person is asked.
cross_need() {
    local board=$1 answer library wanted=() missing
    packages_need build
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

# cross_package BOARD DIR: depends on the libraries that the program names, as their packages say
cross_package() {
    local board=$1 dir=$2 root=$2/package version depends package
    version=$(sed -n 's/^project(carrito VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
    rm -rf "$root"
    install -D -m 755 "$dir/bin/carrito-agent" "$root/usr/bin/carrito-agent"
    install -D -m 644 deploy/systemd/carrito-agent.service \
        "$root/lib/systemd/system/carrito-agent.service"
    install -D -m 644 LICENSE "$root/usr/share/doc/carrito-agent/copyright"
    mkdir -p "$root/DEBIAN"
    depends=$(cross_depends "$board" "$root/usr/bin/carrito-agent")
    cat >"$root/DEBIAN/control" <<END
Package: carrito-agent
Version: $version
Architecture: $board
Maintainer: carrito <carrito@localhost>
Section: net
Priority: optional
Depends: $depends
Description: what runs on a street-food cart of the guild
 Records sales and positions and keeps them until the centre has them.
END
    mkdir -p build/packages
    package=build/packages/carrito-agent_${version}_$board.deb
    dpkg-deb --root-owner-group --build "$root" "$package" >&2
    printf '%s\n' "$package"
}

# cross_depends BOARD PROGRAM: the packages whose libraries the program needs, with commas
cross_depends() {
    local soname path
    objdump -p "$2" | sed -n 's/^ *NEEDED *//p' | while read -r soname; do
        path=$(find "/usr/lib/$(dpkg-architecture -a"$1" -qDEB_HOST_MULTIARCH)" \
            "/lib/$(dpkg-architecture -a"$1" -qDEB_HOST_MULTIARCH)" -name "$soname" -print -quit)
        [[ -n $path ]] || continue
        dpkg-query -S "$path" 2>/dev/null | cut -d: -f1
    done | sort -u | paste -sd, | sed 's/,/, /g'
}

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

# cross_package BOARD DIR
cross_package() {
    local board=$1 root=$2/package version package
    version=$(sed -n 's/^project(carrito VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
    package=build/packages/carrito-agent_${version}_$board.deb
    rm -rf "$root"
    cross_tree "$board" "$2/bin/carrito-agent" "$root"
    cross_control "$board" "$version" "$root"
    mkdir -p build/packages
    dpkg-deb --root-owner-group --build "$root" "$package" >&2
    printf '%s\n' "$package"
}

# cross_tree BOARD PROGRAM ROOT: what the package puts on the board
cross_tree() {
    install -D -m 755 "$2" "$3/usr/bin/carrito-agent"
    "$(dpkg-architecture "-a$1" -qDEB_HOST_GNU_TYPE 2>/dev/null)-strip" "$3/usr/bin/carrito-agent"
    install -D -m 644 deploy/agent.conf "$3/etc/carrito/agent.conf"
    install -D -m 644 deploy/systemd/carrito-agent.service -t "$3/lib/systemd/system"
    install -D -m 644 deploy/systemd/carrito.sysusers "$3/usr/lib/sysusers.d/carrito.conf"
    install -D -m 644 LICENSE "$3/usr/share/doc/carrito-agent/copyright"
}

# cross_control BOARD VERSION ROOT
cross_control() {
    mkdir -p "$3/DEBIAN"
    printf '/etc/carrito/agent.conf\n' >"$3/DEBIAN/conffiles"
    install -m 755 deploy/systemd/carrito-agent.postinst "$3/DEBIAN/postinst"
    cat >"$3/DEBIAN/control" <<END
Package: carrito-agent
Version: $2
Architecture: $1
Maintainer: carrito <carrito@localhost>
Section: net
Priority: optional
Depends: $(cross_depends "$1" "$3/usr/bin/carrito-agent"), systemd
Description: what runs on a street-food cart of the guild
 Records sales and positions and keeps them until the centre has them.
END
}

# cross_depends BOARD PROGRAM: the packages that its libraries come from, with versions. Debian's
# own tool says so, which wants to be called in the source of a package.
cross_depends() {
    local program source
    program=$(realpath "$2")
    source=$(mktemp -d "$ROOT/build/source.XXXXXX")
    mkdir "$source/debian"
    printf 'Source: carrito\n\nPackage: carrito-agent\nArchitecture: any\n' \
        >"$source/debian/control"
    (cd "$source" && dpkg-architecture "-a$1" -c dpkg-shlibdeps -O "$program" 2>/dev/null) |
        sed -n 's/^shlibs:Depends=//p'
    rm -rf "$source"
}

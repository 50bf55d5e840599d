# shellcheck shell=bash
# ./dev package [--release NAME]: Debian packages of the programs, in build/packages/, for this
# machine's release or for another (release.sh). What goes into one is in deploy/debian/: NAME.files
# says what goes where, NAME.control what it is; the rest is the same for all.

MADE_PACKAGES=(carrito-agent carrito-till carrito-bridge carrito-collector carritoctl)

dev_package() {
    if [[ ${1:-} == --release ]]; then
        (($# == 2)) || usage_error "package --release takes the name of one"
        package_release "$2"
        return
    fi
    (($# == 0)) || usage_error "package does not know $1"
    package_all
}

package_all() {
    local name
    packages_need build package
    build_preset release
    "$BIN/carritoctl" completion bash >build/carritoctl.bash
    for name in "${MADE_PACKAGES[@]}"; do
        package_make "$name" "$(dpkg --print-architecture)" build
    done
}

# package_version: the project's, and the release that it is made on and therefore for: `0.2.0~deb12`.
# Each release has libraries of its own, so a package of one does not install on another.
package_version() {
    local version
    version=$(sed -n 's/^project(carrito VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
    # shellcheck source=/dev/null
    (. /etc/os-release && printf '%s~%s%s\n' "$version" "${ID/debian/deb}" \
        "${VERSION_ID:-$VERSION_CODENAME}")
}

# package_make NAME ARCHITECTURE DIR: of the programs in DIR/bin; prints where it is
package_make() {
    local name=$1 architecture=$2 root=$3/package/$1 version package
    version=$(package_version)
    package=build/packages/${name}_${version}_$architecture.deb
    rm -rf "$root"
    package_tree "$name" "$3" "$root"
    package_strip "$architecture" "$root/usr/bin/$name"
    package_papers "$name" "$version" "$root/usr/share"
    package_control "$name" "$architecture" "$version" "$root"
    mkdir -p build/packages
    package_forget "$package"
    dpkg-deb --root-owner-group --build "$root" "$package" >&2
    printf '%s\n' "$package"
}

# package_forget FILE: removes those of an earlier version; those for another release stay
package_forget() { rm -f "${1%%_*}_"*"~${1#*\~}"; }

# package_tree NAME DIR ROOT
package_tree() {
    local mode from to page
    while read -r mode from to; do
        [[ $from != bin/* ]] || from=$2/$from
        install -D -m "$mode" "$from" "$3$to"
    done <"deploy/debian/$1.files"
    for page in docs/man/"$1".[1-8]; do
        install -D -m 644 "$page" -t "$3/usr/share/man/man${page##*.}"
    done
}

# package_papers NAME VERSION SHARE: what each package has about itself
package_papers() {
    local papers=$3/doc/$1
    install -D -m 644 deploy/debian/copyright "$papers/copyright"
    sed "1s/([^)]*)/($2)/" deploy/debian/changelog >"$papers/changelog"
    gzip -9n "$papers/changelog" "$3"/man/man?/*
    if [[ -e ${3%/usr/share}/usr/lib/systemd/system/$1.service ]]; then
        install -D -m 644 deploy/debian/lintian-overrides "$3/lintian/overrides/$1"
    fi
}

# package_strip ARCHITECTURE PROGRAM
package_strip() {
    "$(dpkg-architecture "-a$1" -qDEB_HOST_GNU_TYPE 2>/dev/null)-strip" \
        --remove-section=.comment --remove-section=.note "$2"
}

# package_control NAME ARCHITECTURE VERSION ROOT
package_control() {
    local name=$1 control=$4/DEBIAN script size
    size=$(du -k -s --apparent-size "$4" | cut -f 1)
    mkdir "$control"
    (cd "$4" && find . -type f -not -path './DEBIAN/*' -printf '%P\0' | sort -z |
        xargs -0 md5sum) >"$control/md5sums"
    if [[ -d $4/etc ]]; then
        (cd "$4" && find etc -type f -printf '/%p\n' | sort) >"$control/conffiles"
    fi
    [[ ! -e deploy/debian/$name.preinst ]] ||
        install -m 755 "deploy/debian/$name.preinst" "$control/preinst"
    if [[ -e $4/usr/lib/systemd/system/$name.service ]]; then
        for script in postinst prerm postrm; do
            install -m 755 "deploy/debian/service.$script" "$control/$script"
        done
    fi
    {
        printf 'Package: %s\nSource: carrito\nVersion: %s\nArchitecture: %s\n' \
            "$name" "$3" "$2"
        sed -n 's/^ -- \(.*>\).*/Maintainer: \1/p;T;q' deploy/debian/changelog
        printf 'Section: net\nPriority: optional\nInstalled-Size: %s\n' "$size"
        sed "s/^Depends: /&$(package_libraries "$2" "$4/usr/bin/$name"), /" \
            "deploy/debian/$name.control"
    } >"$control/control"
}

# package_libraries ARCHITECTURE PROGRAM: the packages that its libraries come from, with versions.
# Debian's own tool says so, which wants to be called in the source of a package.
package_libraries() {
    local program source
    program=$(realpath "$2")
    source=$(mktemp -d "$ROOT/build/source.XXXXXX")
    mkdir "$source/debian"
    printf 'Source: carrito\n\nPackage: carrito\nArchitecture: any\n' >"$source/debian/control"
    (cd "$source" && dpkg-architecture "-a$1" -c dpkg-shlibdeps -O "$program" 2>/dev/null) |
        sed -n 's/^shlibs:Depends=//p'
    rm -rf "$source"
}

# dev_sbom: what the programs are made of, with licences (CycloneDX); beside the packages
dev_sbom() {
    local version file=build/packages/carrito.cdx.json
    packages_need build kafka
    build_preset release
    kafka_fetch
    version=$(sed -n '1s/.*(\(.*\)).*/\1/p' deploy/debian/changelog)
    mkdir -p "${file%/*}"
    "$PYTHON" deploy/dev/sbom.py --version "$version" --jars "$KAFKA_LIBS" \
        "$(preset_dir release)"/bin/carrito{-agent,-bridge,-collector,-sim,-till,ctl} >"$file.new"
    mv "$file.new" "$file"
    say "$file"
}

# shellcheck shell=bash
# ./dev test system [--release R] [ARGUMENT...]: what is shipped, run as shipped, on a Debian of its
# own that boots with systemd as PID 1 (tests/system/, tests/harness/box.py). It needs root, and a
# kernel that lets systemd-nspawn and overlayfs work; without them the tests are skipped in words.
#
# What the boxes are made of is kept in .dev/cache/, as layers that overlayfs puts over each other:
#   box-R/minimal    Debian R with systemd, and in its cache every package that the page asks for
#   box-R/warm       what changes on it when those packages are installed
#   maven/root/.m2   Maven's repository with Kafka's jars
# So a box has no network but its own loopback.

BOX_CACHE=$STATE/cache
# Beside what our packages depend on: what docs/administrator.md asks apt for, and what the tests use.
BOX_PAGE=(mosquitto openssl default-jre-headless maven)
BOX_LATER=(prometheus libinih1) # "Watch it"; what the packages of before an upgrade still ask for
BOX_TOOLS=(systemd systemd-sysv dbus iproute2 procps ca-certificates adduser sqlite3 curl)

# Debian's releases by name and number.
declare -A BOX_RELEASES=([bookworm]=12 [trixie]=13)

test_system() {
    local release=bookworm name
    if [[ ${1:-} == --release ]]; then
        [[ -n ${2:-} && -n ${BOX_RELEASES[$2]:-} ]] ||
            usage_error "--release takes one of: ${!BOX_RELEASES[*]}"
        release=$2
        shift 2
    fi
    system_ready "$release" || return 0
    [[ $release != bookworm ]] || run_counted system-old-packages system_old_packages || return 0
    test_e2e release tests/system "$@"
}

# The short form, for ./dev test.
test_system_short() {
    system_ready bookworm || return 0
    test_e2e release tests/system -m short
}

# system_ready RELEASE: makes what the tests need. Where it cannot, it says why in
# CARRITO_TEST_BOX_WHY, by which the tests skip themselves; a failure is counted.
system_ready() {
    export CARRITO_TEST_BOX_RELEASE=$1 CARRITO_TEST_BOX_CACHE=$BOX_CACHE CARRITO_TEST_BOX_WHY=
    if [[ $EUID -ne 0 ]]; then
        CARRITO_TEST_BOX_WHY="booting a box needs root"
        return
    fi
    packages_need package system
    if ! unshare --mount --pid --fork true 2>/dev/null; then
        CARRITO_TEST_BOX_WHY="no namespaces here (a container?)"
        return
    fi
    run_counted "system-packages-$1" system_packages "$1" &&
        run_counted "system-images-$1" box_images "$1"
}

# The packages from which an upgrade must work: those of the last commit before each service had a
# user of its own and its data a version. It was for Debian 12.
OLD_COMMIT=48bcdbf

# system_old_packages: into .dev/cache/packages-COMMIT/, once. Where this checkout has not so much
# history, the tests of the upgrade say so and are skipped.
system_old_packages() {
    local home=$BOX_CACHE/packages-$OLD_COMMIT
    if [[ ! -e $home/made ]] && git cat-file -e "$OLD_COMMIT^{commit}" 2>/dev/null; then
        say "dev: making the packages of $OLD_COMMIT (once, about a minute)"
        rm -rf "$home"
        mkdir -p "$home/tree"
        git archive "$OLD_COMMIT" | tar -x -C "$home/tree"
        "$home/tree/dev" package >/dev/null
        cp "$home"/tree/build/packages/*.deb "$home/"
        rm -rf "$home/tree"
        touch "$home/made"
    fi
    export CARRITO_TEST_OLD_PACKAGES=$home
}

# system_packages RELEASE: ours, made on that release, in build/packages/
system_packages() {
    if [[ $(debian_release) == "$1" ]]; then
        package_all >/dev/null
    else
        package_release "$1" >/dev/null
    fi
}

# box_images RELEASE: makes the layers where they are missing or other packages are asked for
box_images() {
    local home=$BOX_CACHE/box-$1 wanted packages
    mapfile -t packages < <(box_packages "${BOX_RELEASES[$1]}")
    wanted=$(printf '%s\n' 2 "$1" "${packages[@]}" "${BOX_LATER[@]}" "${BOX_TOOLS[@]}" | sha256sum)
    mkdir -p "$BOX_CACHE"
    (
        flock 9
        if [[ ! -r $home/wanted || $(<"$home/wanted") != "$wanted" ]]; then
            say "dev: making a box of Debian $1 (once, about 3 minutes)"
            rm -rf "$home"
            mkdir -p "$home"
            box_minimal "$1" "$home" "${packages[@]}" "${BOX_LATER[@]}"
            box_warm "$home" "${packages[@]}"
            printf '%s\n' "$wanted" >"$home/wanted"
        fi
        box_maven
    ) 9>"$BOX_CACHE/boxes.lock"
}

# box_packages NUMBER: what the page asks for, and what our packages for that release depend on
box_packages() {
    local made
    {
        printf '%s\n' "${BOX_PAGE[@]}"
        for made in build/packages/*~deb"$1"_"$(dpkg --print-architecture)".deb; do
            dpkg-deb -f "$made" Depends | tr ',' '\n' | sed 's/(.*//; s/|.*//; s/ //g'
        done
    } | sort -u
}

# box_minimal RELEASE HOME PACKAGE...: apt runs outside, so this machine's own way to its mirror is
# what counts. A person would say yes to apt's question; inside, apt's configuration does.
box_minimal() {
    local release=$1 home=$2
    shift 2
    mmdebstrap --quiet --variant=minbase --include="$(IFS=, && printf '%s' "${BOX_TOOLS[*]}")" \
        --aptopt='APT::Install-Recommends "false"' --aptopt='APT::Get::Assume-Yes "true"' \
        --skip=cleanup/apt \
        --customize-hook="APT_CONFIG=\$MMDEBSTRAP_APT_CONFIG apt-get -q install --download-only $*" \
        "$release" "$home/minimal" - <<<"$(debian_source "$release")" >&2
    rm -f "$home/minimal/etc/machine-id" "$home/minimal/etc/hostname"
}

# box_warm HOME PACKAGE...: apt in a chroot, whose changes are the layer. In a mount namespace of its
# own, so that nothing stays mounted.
box_warm() {
    local home=$1
    shift
    mkdir -p "$home/warm" "$home/work" "$home/root"
    # shellcheck disable=SC2016
    unshare --mount --propagation private bash -euc '
        home=$1
        shift
        mount -t overlay overlay "$home/root" \
            -o "lowerdir=$home/minimal,upperdir=$home/warm,workdir=$home/work"
        mount --bind /dev "$home/root/dev"
        mount -t proc proc "$home/root/proc"
        chroot "$home/root" env -i PATH="$PATH" DEBIAN_FRONTEND=noninteractive \
            apt-get -q --no-download install "$@" >&2' box "$home" "$@"
    rm -rf "$home/work" "$home/root"
}

# box_maven: Kafka's jars as Maven keeps them. Without Maven's marks of which server they are from
# they are good without one.
box_maven() {
    local home=$BOX_CACHE/maven wanted
    wanted=$(sha256sum <deploy/kafka/pom.xml)
    [[ ! -r $home/wanted || $(<"$home/wanted") != "$wanted" ]] || return 0
    rm -rf "$home"
    mkdir -p "$home/root/.m2"
    mvn -q -B -f deploy/kafka/pom.xml "-Dmaven.repo.local=$home/root/.m2/repository" \
        dependency:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$home/jars" >&2
    find "$home/root/.m2" -name _remote.repositories -delete
    printf '<settings><offline>true</offline></settings>\n' >"$home/root/.m2/settings.xml"
    printf '%s\n' "$wanted" >"$home/wanted"
}

# shellcheck shell=bash
# The Debian packages that each job needs, and their installation. Only what is missing is
# installed, and only then is root asked for.

# What has a version in its name, and so differs between Debian's releases.
declare -A JAVA_OF_RELEASE=(
    [bookworm]=17
    [trixie]=21
)
RELEASE_NEWEST=trixie # whose row a release takes that has none

# debian_release: that of this machine
debian_release() {
    # shellcheck source=/dev/null
    (. /etc/os-release && printf '%s\n' "${VERSION_CODENAME:-$RELEASE_NEWEST}")
}

# java_of RELEASE: its version
java_of() { printf '%s\n' "${JAVA_OF_RELEASE[$1]:-${JAVA_OF_RELEASE[$RELEASE_NEWEST]}}"; }

declare -A PACKAGES=(
    [build]="cmake ninja-build gcc libc6-dev pkg-config git libmosquitto-dev libssl-dev
        librdkafka-dev libcjson-dev libsqlite3-dev libgps-dev libexpat1-dev libevdev-dev
        libmicrohttpd-dev libsodium-dev libcurl4-openssl-dev libunistring-dev libidn2-dev
        libcmocka-dev
        libjs-leaflet libjs-chart.js python3 python3-yaml"
    [kafka]="openjdk-@JAVA@-jre-headless maven kcat"
    [up]="mosquitto mosquitto-clients curl python3 python3-aiosmtpd"
    [test]="mosquitto mosquitto-clients gpsd gpsd-clients gpsd-tools strace curl sqlite3 kcat
        python3 python3-pytest python3-pytest-xdist python3-paho-mqtt python3-confluent-kafka
        python3-aiosmtpd python3-requests python3-jsonschema python3-hypothesis python3-yaml
        man-db openssl prometheus lintian binutils iproute2 iptables"
    [browser]="chromium chromium-driver python3-selenium"
    [npm]="npm"
    [pictures]="python3-pil"
    [api]="python3-venv python3-yaml"
    [docker]="docker.io docker-compose iptables mmdebstrap util-linux mosquitto-clients
        python3 python3-pytest python3-confluent-kafka python3-requests python3-yaml"
    [package]="dpkg-dev"
    [root]="mmdebstrap util-linux iproute2"
    [system]="mmdebstrap systemd-container"
    [power]="qemu-system-x86 e2fsprogs"
    [cross]="qemu-user-static arch-test lintian sqlite3"
    [bench]="python3-pip"
    [lint]="clang-format shellcheck python3 node-acorn"
    [analysis]="clang-tidy cppcheck"
)

# packages_missing PACKAGE...: those that are not installed, one a line
packages_missing() {
    local package installed
    installed=" $(dpkg-query -W -f='${Package}=${db:Status-Status} ' "$@" 2>/dev/null || true)"
    for package; do
        [[ $installed == *" ${package%%:*}=installed "* ]] || printf '%s\n' "$package"
    done
}

# packages_of RELEASE GROUP...: the names of the groups above there, one a line
packages_of() {
    local group words java
    java=$(java_of "$1")
    shift
    for group; do
        read -r -d '' -a words <<<"${PACKAGES[$group]//@JAVA@/$java}" || true
        printf '%s\n' "${words[@]}"
    done | sort -u
}

# packages_need GROUP...: installs what is missing of the groups above
packages_need() {
    local wanted missing
    mapfile -t wanted < <(packages_of "$(debian_release)" "$@")
    mapfile -t missing < <(packages_missing "${wanted[@]}")
    [[ ${#missing[@]} -eq 0 ]] || packages_install "$*" "${missing[@]}"
}

# as_root COMMAND...
as_root() {
    if [[ $EUID -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this needs root and there is no sudo; as root, run:  $*"
    fi
}

# packages_install REASON PACKAGE...
packages_install() {
    local reason=$1
    shift
    command -v apt-get >/dev/null ||
        die "no apt-get here: install by hand what is called in Debian: $*"
    say "dev: these Debian packages are missing for '$reason' and are installed now:"
    say "     $*"
    [[ $EUID -eq 0 ]] ||
        say "dev: root is needed for apt-get and for nothing else; sudo may ask for your password"
    as_root apt-get update -q >&2
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$@" >&2
}

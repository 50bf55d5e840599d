# shellcheck shell=bash
# ./dev test power, ./dev test keypad: the disk of a cart's whole machine, for qemu: Debian with its
# kernel, systemd and our packages as they ship. The Debian is kept per list of packages, the disk per
# package.

POWER=$STATE/power
KEYPAD=$STATE/keypad
MACHINE_MODULES="virtio_pci virtio_blk virtio_net ext4"

test_power() {
    local package
    packages_need root power package
    run_counted build-release build_preset release || return 0
    package=$(run_counted package package_make carrito-agent "$(dpkg --print-architecture)" build |
        grep '\.deb$') || return 0
    machine_root "cart linux-image-cloud-amd64" "$package"
    run_counted disk machine_disk "$POWER" 1G tests/power/machine/setup "$package" || return 0
    CARRITO_TEST_POWER=$POWER test_e2e release tests/power "$@"
}

# The same machine with a USB keypad and a sound card, which the kernel for clouds has no drivers for.
test_keypad() {
    local name packages=()
    packages_need root power package
    run_counted build-release build_preset release || return 0
    for name in carrito-agent carrito-till; do
        packages+=("$(run_counted "package-$name" package_make "$name" \
            "$(dpkg --print-architecture)" build | grep '\.deb$')") || return 0
    done
    machine_root "keypad linux-image-amd64 espeak-ng" "${packages[@]}"
    run_counted disk machine_disk "$KEYPAD" 2G tests/keypad/machine/setup "${packages[@]}" || return 0
    CARRITO_TEST_KEYPAD=$KEYPAD test_e2e release tests/keypad "$@"
}

# machine_root "NAME DEBIAN..." PACKAGE...: a Debian with its packages DEBIAN, a kernel among them, and
# what ours depend on, at ROOT_DIR
machine_root() {
    local package depends debian
    read -r -a debian <<<"$1"
    shift
    mapfile -t depends < <(for package; do
        dpkg-deb -f "$package" Depends
    done | tr ',' '\n' | sed 's/^ *//; s/ .*//' | sort -u)
    # The boot's own small system needs no more than the drivers of qemu's disk.
    root_need "${debian[0]}-$(debian_release)" "$(debian_release)" "$(dpkg --print-architecture)" \
        "--setup-hook=mkdir -p \"\$1/etc/initramfs-tools/conf.d\" &&
            echo MODULES=list >\"\$1/etc/initramfs-tools/conf.d/power\"" \
        "--setup-hook=mkdir -p \"\$1/usr/share/initramfs-tools/modules.d\" &&
            printf '%s\\n' $MACHINE_MODULES >\"\$1/usr/share/initramfs-tools/modules.d/power\"" \
        "${debian[@]:1}" systemd systemd-sysv iproute2 socat "${depends[@]}"
}

# machine_disk HOME SIZE SETUP PACKAGE...: of ROOT_DIR with the packages, into HOME, once per state of
# them and of the files beside SETUP, which is called with the root of the machine's files.
machine_disk() {
    local home=$1 wanted package
    # Two packages of the same files differ in their times; the control part lists the files' sums.
    wanted=$({
        for package in "${@:4}"; do
            dpkg-deb --ctrl-tarfile "$package" | tar -xO
        done
        cat "$ROOT_DIR.made" tests/power/machine/* "${3%/*}"/* deploy/dev/power.sh
    } | sha256sum)
    [[ ! -r $home/made || $(<"$home/made") != "$wanted" ]] || return 0
    say "dev: making the disk of a cart's machine"
    rm -rf "$home"
    mkdir -p "$home"
    # shellcheck disable=SC2016 # for the shell inside
    as_root unshare --mount bash -euc '
        root=$1 owner=$2 home=$3 size=$4 setup=$5
        shift 5
        work=$(mktemp -d "$home/root.XXXXXX")
        trap "rm -rf --one-file-system \"$work\"" EXIT
        cp -a "$root/." "$work"
        cp "$@" "$work"
        mount -t proc proc "$work/proc"
        chroot "$work" sh -c "dpkg -i /*.deb"
        umount "$work/proc"
        rm "$work"/*.deb
        "$setup" "$work"
        cp -L "$work/vmlinuz" "$work/initrd.img" "$home"
        mkfs.ext4 -q -d "$work" "$home/disk.img" "$size"
        chown -R "$owner" "$home/disk.img" "$home/vmlinuz" "$home/initrd.img"
    ' machine_disk "$ROOT_DIR" "$(id -u):$(id -g)" "$@" >&2 || return 1
    printf '%s\n' "$wanted" >"$home/made"
}

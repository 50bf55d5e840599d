# shellcheck shell=bash
# ./dev test power: the disk of a cart's whole machine, for qemu: Debian with its kernel, systemd and
# the agent's package as it ships. The Debian is kept per list of packages, the disk per package.

POWER=$STATE/power
POWER_DISK=1G
POWER_MODULES="virtio_pci virtio_blk virtio_net ext4"

test_power() {
    local package depends
    packages_need root power package
    run_counted build-release build_preset release || return 0
    package=$(run_counted package package_make carrito-agent "$(dpkg --print-architecture)" build |
        grep '\.deb$') || return 0
    mapfile -t depends < <(dpkg-deb -f "$package" Depends | tr ',' '\n' | sed 's/^ *//; s/ .*//')
    # The boot's own small system needs no more than the drivers of qemu's disk.
    root_need "cart-$(debian_release)" "$(debian_release)" "$(dpkg --print-architecture)" \
        "--setup-hook=mkdir -p \"\$1/etc/initramfs-tools/conf.d\" &&
            echo MODULES=list >\"\$1/etc/initramfs-tools/conf.d/power\"" \
        "--setup-hook=mkdir -p \"\$1/usr/share/initramfs-tools/modules.d\" &&
            printf '%s\\n' $POWER_MODULES >\"\$1/usr/share/initramfs-tools/modules.d/power\"" \
        linux-image-cloud-amd64 systemd systemd-sysv iproute2 socat "${depends[@]}"
    run_counted disk power_disk "$ROOT_DIR" "$package" || return 0
    CARRITO_TEST_POWER=$POWER test_e2e release tests/power "$@"
}

# power_disk ROOT PACKAGE: into .dev/power/, once per state of both
power_disk() {
    local wanted
    # Two packages of the same files differ in their times; the control part lists the files' sums.
    wanted=$(dpkg-deb --ctrl-tarfile "$2" | tar -xO |
        cat - "$1.made" tests/power/machine/* deploy/dev/power.sh | sha256sum)
    [[ ! -r $POWER/made || $(<"$POWER/made") != "$wanted" ]] || return 0
    say "dev: making the disk of a cart's machine"
    rm -rf "$POWER"
    mkdir -p "$POWER"
    # shellcheck disable=SC2016 # for the shell inside
    as_root unshare --mount bash -euc '
        root=$1 package=$2 power=$3 owner=$4 size=$5
        work=$(mktemp -d "$power/root.XXXXXX")
        trap "rm -rf --one-file-system \"$work\"" EXIT
        cp -a "$root/." "$work"
        cp "$package" "$work/agent.deb"
        mount -t proc proc "$work/proc"
        chroot "$work" dpkg -i /agent.deb
        umount "$work/proc"
        rm "$work/agent.deb"
        echo cart >"$work/etc/hostname"
        sed -i "s/^#\?cart=.*/cart=POWER1/" "$work/etc/carrito/agent.conf"
        install -m 644 tests/power/machine/fstab "$work/etc"
        install -m 644 tests/power/machine/vendor.service "$work/etc/systemd/system"
        install -m 755 tests/power/machine/vendor tests/power/machine/look "$work/usr/local/sbin"
        chroot "$work" systemctl enable vendor.service
        cp -L "$work/vmlinuz" "$work/initrd.img" "$power"
        mkfs.ext4 -q -d "$work" "$power/disk.img" "$size"
        chown -R "$owner" "$power/disk.img" "$power/vmlinuz" "$power/initrd.img"
    ' power_disk "$1" "$2" "$POWER" "$(id -u):$(id -g)" "$POWER_DISK" >&2 || return 1
    printf '%s\n' "$wanted" >"$POWER/made"
}

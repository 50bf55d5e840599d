# shellcheck shell=bash
# Programs of the boards on this machine: qemu-user, told to the kernel (binfmt_misc) for as long as
# this ./dev runs. The entry is our own, whatever the machine has: the newest one counts.

BINFMT=/proc/sys/fs/binfmt_misc
BINFMT_ENTRIES=()
BINFMT_MOUNTED=

# binfmt_need BOARD
binfmt_need() {
    local cpu=${1/armhf/arm} entry
    cpu=${cpu/arm64/aarch64}
    entry=carrito-$cpu-$$
    trap binfmt_undo EXIT
    if [[ ! -e $BINFMT/register ]]; then
        as_root mount -t binfmt_misc binfmt_misc "$BINFMT" ||
            die "this machine's kernel runs no programs of other architectures (binfmt_misc)"
        BINFMT_MOUNTED=yes
    fi
    binfmt_forget_dead
    BINFMT_ENTRIES+=("$entry")
    sed "s/^:qemu-$cpu:/:$entry:/;q" "/usr/lib/binfmt.d/qemu-$cpu.conf" | tr -d '\n' |
        as_root tee "$BINFMT/register" >/dev/null
}

binfmt_forget() { printf -- -1 | as_root tee "$BINFMT/$1" >/dev/null; }

# Entries of a ./dev that was killed: their names end in its process id.
binfmt_forget_dead() {
    local entry
    for entry in "$BINFMT"/carrito-*; do
        [[ ! -e $entry || -d /proc/${entry##*-} ]] || binfmt_forget "${entry##*/}"
    done
}

binfmt_undo() {
    local entry others
    for entry in "${BINFMT_ENTRIES[@]}"; do
        binfmt_forget "$entry"
    done
    BINFMT_ENTRIES=()
    others=$(find "$BINFMT" -mindepth 1 ! -name register ! -name status)
    [[ -z $BINFMT_MOUNTED || -n $others ]] || as_root umount "$BINFMT"
    BINFMT_MOUNTED=
}

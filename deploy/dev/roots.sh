# shellcheck shell=bash
# Debian roots of their own, made by mmdebstrap from the sources of this machine's apt and kept under
# .dev/roots/: another release or architecture is there, and the machine itself is not changed.

ROOTS=$STATE/roots

# debian_source RELEASE: the line of apt for another root, with the mirror of this machine. It is the
# release alone, without its updates: what is built there runs with these too, and a list of an
# architecture that the mirror has only half (it happens) is one less.
debian_source() {
    local mirror
    # shellcheck disable=SC2016 # the dollars are apt's
    mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(RELEASE) $(REPO_URI)' \
        'Created-By: Packages' | awk '$1 " " $2 == "Debian Debian" && $3 !~ /-/ { print $4; exit }')
    printf 'deb %s %s main\n' "${mirror:-http://deb.debian.org/debian}" "$1"
}

# root_need NAME RELEASE ARCHITECTURES [--OPTION...] PACKAGE...: makes the root, once per state of
# this list (options are mmdebstrap's); where it is, is in ROOT_DIR. A root that was cut short has no
# mark and is made anew.
root_need() {
    local name=$1 release=$2 architectures=$3 wanted source options=()
    shift 3
    ROOT_DIR=$ROOTS/$name
    source=$(debian_source "$release")
    wanted=$(printf '%s\n' "$release" "$architectures" "$source" "$@" | sha256sum)
    while [[ $1 == --* ]]; do
        options+=("$1")
        shift
    done
    mkdir -p "$ROOTS"
    (
        flock 9
        [[ -r $ROOT_DIR.made && $(<"$ROOT_DIR.made") == "$wanted" ]] && exit 0
        say "dev: making a Debian $release for $architectures in $ROOT_DIR (once, some minutes)"
        rm -f "$ROOT_DIR.made"
        as_root rm -rf --one-file-system "$ROOT_DIR"
        as_root mmdebstrap --variant=minbase "--architectures=$architectures" \
            "${options[@]}" "--include=$(IFS=, && printf '%s' "$*")" \
            "$release" "$ROOT_DIR" - <<<"$source" >&2 ||
            die "no Debian $release could be made; mmdebstrap says why above"
        printf '%s\n' "$wanted" >"$ROOT_DIR.made"
    ) 9>"$ROOT_DIR.lock"
}

# root_run DIR COMMAND...: as this user, in the root DIR with this checkout at its own place. Mounts
# are made in a namespace that ends with the command, so they never stay.
root_run() {
    local dir=$1
    shift
    as_root mkdir -p "$dir$ROOT"
    # shellcheck disable=SC2016 # for the shell inside
    as_root unshare --mount bash -euc '
        dir=$1 place=$2 owner=$3
        shift 3
        mount --bind "$place" "$dir$place"
        mount -t proc proc "$dir/proc"
        exec chroot --userspec="$owner" "$dir" env -i HOME=/tmp LC_ALL=C.UTF-8 \
            PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -c "cd \"\$0\" && exec \"\$@\"" "$place" "$@"
    ' root_run "$dir" "$ROOT" "$(id -u):$(id -g)" "$@"
}

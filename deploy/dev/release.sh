# shellcheck shell=bash
# ./dev test --release NAME [SUITE [ARGUMENT...]] and ./dev package --release NAME: this tree on
# another release of Debian, in a root of its own (roots.sh). What runs there has the processes, the
# mounts and the loopback of its own namespaces, which the kernel clears away with their first
# process, however that ends. It reaches no network.

RELEASE_RUN_S=3600       # what has not ended by then is killed, and has failed
RELEASE_TREE=srv/carrito # where the tree is in the root; build/ and .dev/ there are kept

# test_release NAME [SUITE [ARGUMENT...]]: without a SUITE unit, properties and e2e
test_release() {
    local release=${1:-}
    shift || true
    if [[ ${1:-} == system ]]; then # it boots a machine of that release by itself
        test_system --release "$release" "${@:2}"
        return
    fi
    release_ready "$release"
    if (($#)); then
        release_suite "$release" "$@"
    else
        release_suite "$release" unit
        CARRITO_TEST_EXAMPLES=${CARRITO_TEST_EXAMPLES:-1} release_suite "$release" properties
        release_suite "$release" e2e
    fi
}

# package_release NAME: the packages for that release, in our build/packages/
package_release() {
    local made
    release_ready "$1"
    release_run ./dev package >/dev/null
    mkdir -p build/packages
    for made in "$RELEASE_DIR"/build/packages/*.deb; do
        package_forget build/packages/"$(basename "$made")"
        cp "$made" build/packages/
        printf '%s\n' "build/packages/$(basename "$made")"
    done
}

# release_ready NAME: makes the root ROOT_DIR and lays the tree there, at RELEASE_DIR
release_ready() {
    local packages
    [[ -n ${JAVA_OF_RELEASE[${1:-none}]:-} ]] ||
        usage_error "--release takes one of: ${!JAVA_OF_RELEASE[*]}"
    packages_need root kafka
    kafka_fetch
    mapfile -t packages < <(packages_of "$1" build kafka up test package)
    root_need "dev-$1" "$1" "$(dpkg --print-architecture)" "${packages[@]}"
    exec {RELEASE_LOCK}>"$ROOT_DIR.used"
    flock -n "$RELEASE_LOCK" || die "another ./dev works in $ROOT_DIR"
    RELEASE_DIR=$ROOT_DIR/$RELEASE_TREE
    release_lay_tree
}

# The files that git knows or would take, with their times, so that only what has changed is built;
# and what tests fetch elsewhere, as there is no network: Kafka's jars and recordings of GPS receivers.
release_lay_tree() {
    as_root mkdir -p "$RELEASE_DIR/.dev"
    as_root find "$RELEASE_DIR" -mindepth 1 -maxdepth 1 ! -name build ! -name .dev \
        -exec rm -rf {} +
    git ls-files -z --cached --others --exclude-standard | release_existing |
        tar --null -T - -c | as_root tar -x -C "$RELEASE_DIR" --no-same-owner
    as_root mkdir -p "$RELEASE_DIR/.dev/cache"
    as_root cp -a --update "$KAFKA_LIBS" "$RELEASE_DIR/.dev/"
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests "$PYTHON" -m harness.captures
    as_root cp -a --update "$STATE/cache/gpsd-captures" "$RELEASE_DIR/.dev/cache/"
}

# Of the names that it reads, those of files: git knows one that was removed until that is committed.
release_existing() {
    local name
    while IFS= read -r -d '' name; do
        [[ ! -e $name && ! -L $name ]] || printf '%s\0' "$name"
    done
}

# release_suite NAME SUITE ARGUMENT...: its results become ours. What ended otherwise than by
# counting them is one more failure.
release_suite() {
    local name=$1 suite=$2 status=0 result counted=
    say "dev: $suite on Debian's $name"
    as_root rm -rf "$RELEASE_DIR/.dev/test"
    release_run ./dev test "${@:2}" >&2 || status=$?
    for result in "$RELEASE_DIR/.dev/test"/*.{xml,status}; do
        [[ -e $result ]] || continue
        cp "$result" "$RESULTS/$name-$(basename "$result")"
        counted=yes
    done
    [[ -n $counted && $status -le 1 ]] || printf '%s\n' "$status" >"$RESULTS/$name-$suite.status"
}

# release_run COMMAND...: in the tree there. Should this ./dev be killed, so is what it runs there.
# What the tests are told goes along as words, as sudo would drop it from the environment.
release_run() {
    local name told=()
    for name in "${!CARRITO_TEST_@}"; do
        told+=("$name=${!name}")
    done
    as_root setpriv --pdeathsig KILL unshare --mount --propagation private --net --pid --fork \
        --kill-child "$ROOT/deploy/dev/release_init" "$ROOT_DIR" "/$RELEASE_TREE" \
        env "${told[@]}" timeout --foreground --kill-after=10 "$RELEASE_RUN_S" "$@"
}

# shellcheck shell=bash
# ./dev test compose: docker-compose.yml in a Docker of its own. Images and what they are built of
# stay in .dev/cache for the next time; nothing else stays.

COMPOSE_STATE=$STATE/compose
COMPOSE_CACHE=$STATE/cache/docker
COMPOSE_BUILD_S=2400
COMPOSE_TEST_S=2400

test_compose() {
    [[ $EUID -eq 0 ]] || die "./dev test compose runs a Docker daemon, which needs root"
    packages_need docker
    compose_base
    compose_v2
    say "dev: images of docker-compose.yml (some minutes the first time)"
    run_counted compose-images compose_docker build "$COMPOSE_BUILD_S" \
        tests/compose/images "$COMPOSE_CACHE/base.tar" || return 0
    say "dev: tests/compose"
    run_counted compose compose_docker run "$COMPOSE_TEST_S" env PYTHONDONTWRITEBYTECODE=1 \
        "CARRITO_TEST_COMPOSE_V2=$COMPOSE_CACHE/v2/usr/libexec/docker/cli-plugins/docker-compose" \
        "$PYTHON" -m pytest -c tests/pytest.ini --rootdir tests tests/compose -v --capture=sys \
        "--junitxml=$RESULTS/compose.xml" "$@" || true
}

# compose_docker build|run SECONDS COMMAND...: beside a Docker daemon, all of which ends with the
# time, and with this shell.
compose_docker() {
    local network=$1 seconds=$2
    shift 2
    setpriv --pdeathsig TERM timeout --foreground -k 10 "$seconds" tests/compose/with-docker \
        "$network" "$COMPOSE_STATE" "$COMPOSE_CACHE/data" "$@"
}

# No image can be pulled everywhere, so the base is made here, once per state of the script.
compose_base() {
    local wanted
    wanted=$(sha256sum <tests/compose/base.sh)
    [[ -r $COMPOSE_CACHE/base.sha256 && $(<"$COMPOSE_CACHE/base.sha256") == "$wanted" ]] && return
    say "dev: making a small Debian 12 for the images (once)"
    mkdir -p "$COMPOSE_CACHE"
    rm -f "$COMPOSE_CACHE/base.sha256"
    tests/compose/base.sh "$COMPOSE_CACHE/base.tar"
    printf '%s\n' "$wanted" >"$COMPOSE_CACHE/base.sha256"
}

# Debian 13's docker-compose, which is v2, as a program that runs on 12 too. apt is given a state of
# its own, so that the machine's never hears of another release.
compose_v2() {
    local here=$COMPOSE_CACHE/v2 mirror apt
    [[ ! -x $here/usr/libexec/docker/cli-plugins/docker-compose ]] || return 0
    say "dev: fetching Debian 13's docker-compose (once)"
    rm -rf "$here"
    mkdir -p "$here"/apt/{state/lists/partial,cache/archives/partial}
    # shellcheck disable=SC2016 # apt-get's own variables
    mirror=$(apt-get indextargets --format '$(CREATED_BY) $(REPO_URI) $(CODENAME)' |
        awk '$1 == "Packages" && ($3 == "bookworm" || $3 == "trixie") { print $2; exit }')
    printf 'deb %s trixie main\n' "$mirror" >"$here/apt/sources.list"
    apt=(apt-get -q -o "Dir::State=$here/apt/state" -o "Dir::Cache=$here/apt/cache"
        -o Dir::State::status=/dev/null -o "Dir::Etc::sourcelist=$here/apt/sources.list"
        -o Dir::Etc::sourceparts=- -o Acquire::Languages=none -o APT::Sandbox::User=root)
    "${apt[@]}" update >&2
    (cd "$here/apt" && "${apt[@]}" download docker-compose >&2)
    dpkg-deb -x "$here"/apt/docker-compose_*.deb "$here"
    rm -rf "$here/apt"
}

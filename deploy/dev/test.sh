# shellcheck shell=bash
# ./dev test [--release NAME] [SUITE [ARGUMENT...]] and ./dev bench [NAME]. Each run leaves its
# results as JUnit files, from which the closing line is counted: N passed, N failed.

RESULTS=$STATE/test

dev_test() {
    local suite=${1:-} started=$SECONDS
    shift || true
    rm -rf "$RESULTS"
    mkdir -p "$RESULTS"
    # Images are built in images; nothing is built here for them.
    [[ $suite == compose ]] || packages_need build kafka test
    [[ $suite == compose ]] || kafka_fetch
    case $suite in
        "")
            test_unit
            test_e2e release tests/properties
            # Five at a time: most of them wait for something most of the time.
            test_e2e release tests/e2e -n 5 --dist loadfile
            test_system_short
            ;;
        --release) test_release "$@" ;;
        system) test_system "$@" ;;
        unit) test_unit "$@" ;;
        properties) CARRITO_TEST_EXAMPLES=${CARRITO_TEST_EXAMPLES:-20} \
            test_e2e release tests/properties "$@" ;;
        api) test_api "$@" ;;
        browser) test_browser "$@" ;;
        cross) test_cross "$@" ;;
        power) test_power "$@" ;;
        keypad) test_keypad "$@" ;;
        compose) test_compose "$@" ;;
        asan | tsan) test_e2e "$suite" tests/e2e "$@" ;;
        *)
            [[ -d tests/$suite ]] || usage_error "there is no suite $suite (tests/$suite)"
            test_e2e release "tests/$suite" "$@"
            ;;
    esac
    say_time "the whole" "$started"
    "$PYTHON" deploy/dev/count.py "$RESULTS"
}

# say_time WHAT START: how long it took, from START of $SECONDS on
say_time() { printf 'dev: %s took %d min %d s\n' "$1" $(((SECONDS - $2) / 60)) $(((SECONDS - $2) % 60)); }

# The same claims three times: as it ships, under ASan and UBSan, and under TSan.
test_unit() {
    local preset
    for preset in release asan tsan; do
        run_counted "build-$preset" build_preset "$preset" || continue
        say "dev: unit tests, $preset"
        run_counted "unit-$preset" sanitized "$preset" ctest --test-dir "$(preset_dir "$preset")" \
            --output-on-failure --no-tests=error -j "$((3 * $(nproc)))" \
            --output-junit "$RESULTS/unit-$preset.xml" "$@" || true
    done
}

# test_e2e PRESET FOLDER ARGUMENT...: pytest against the programs of a preset
test_e2e() {
    local preset=$1 folder=$2 name
    shift 2
    name=$(basename "$folder")-$preset
    run_counted "build-$preset" build_preset "$preset" || return 0
    say "dev: $folder, $preset"
    CARRITO_TEST_BIN=$ROOT/$(preset_dir "$preset")/bin PYTHONDONTWRITEBYTECODE=1 \
        run_counted "$name" sanitized "$preset" "$PYTHON" -m pytest -c tests/pytest.ini \
        --rootdir tests "$folder" "--junitxml=$RESULTS/$name.xml" "$@" || true
}

# The pages in a real Chromium. axe-core comes by npm, once per state of its list.
test_browser() {
    local axe=$STATE/cache/axe script=node_modules/axe-core/axe.min.js
    packages_need browser
    if [[ ! -e $axe/$script ]] ||
        ! cmp -s tests/browser/axe/package-lock.json "$axe/package-lock.json"; then
        command -v npm >/dev/null || packages_need npm
        say "dev: fetching axe-core with npm (once)"
        rm -rf "$axe"
        mkdir -p "$axe"
        cp tests/browser/axe/package*.json "$axe"
        npm ci --prefix "$axe" --ignore-scripts --no-audit --no-fund --silent >&2
    fi
    CARRITO_TEST_AXE=$axe/$script test_e2e release tests/browser "$@"
}

# The API against its document, by schemathesis. Its libraries come by pip, once per state of their
# list, and see the packages of Debian beside them.
test_api() {
    local venv=$STATE/cache/schemathesis wanted
    packages_need api
    wanted=$(sha256sum <tests/api/requirements.txt)
    if [[ ! -r $venv/wanted || $(<"$venv/wanted") != "$wanted" ]]; then
        say "dev: fetching schemathesis with pip (once)"
        rm -rf "$venv"
        "$PYTHON" -m venv --system-site-packages "$venv"
        "$venv/bin/pip" install -q --disable-pip-version-check -r tests/api/requirements.txt >&2
        printf '%s\n' "$wanted" >"$venv/wanted"
    fi
    PYTHON=$venv/bin/python test_e2e release tests/api -p no:schemathesis "$@"
}

# run_counted NAME COMMAND...: the status is kept beside the results and counted at the end, as a
# build or a runner that failed may have left no results.
run_counted() {
    local name=$1 status=0 started=$SECONDS
    shift
    "$@" || status=$?
    say_time "$name" "$started"
    printf '%s\n' "$status" >"$RESULTS/$name.status"
    return "$status"
}

# sanitized PRESET COMMAND... TSan of GCC 12 does not start where the kernel moves mappings about by
# more bits than it knows, so it runs without that where the machine allows it.
sanitized() {
    local preset=$1 fixed_addresses=()
    shift
    if [[ $preset == tsan ]] && setarch -R true 2>/dev/null; then
        fixed_addresses=(setarch -R)
    fi
    ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1} \
        UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1} \
        TSAN_OPTIONS=${TSAN_OPTIONS:-second_deadlock_stack=1} \
        "${fixed_addresses[@]}" "$@"
}

dev_bench() {
    local name=${1:-} program
    if [[ -z $name ]]; then
        say "dev: ./dev bench NAME, where NAME is one of:"
        find bench -maxdepth 1 -type f -perm -u+x -printf '  %f\n' | sed 's/\.[a-z]*$//' | sort
        return
    fi
    shift
    for program in "bench/$name" "bench/$name.py" "bench/$name.sh"; do
        [[ ! -f $program || ! -x $program ]] || break
    done
    [[ -x $program ]] || usage_error "there is no benchmark $name in bench/"
    packages_need build kafka test bench
    [[ $name != http ]] || packages_need browser
    kafka_fetch
    build_preset release
    PATH=/usr/bin:$PATH KAFKA_COMPILED_WELL=1 "$program" "$@"
}

# shellcheck shell=bash
# ./dev lint [--deep] and ./dev format: the layout of the code, the limits that it keeps to, and, deep, what
# static analysis finds.

# Whose layout is ours: others differ, from 15 on in the braces of macros.
CLANG_FORMAT_VERSION=14

dev_lint() {
    local failed='' deep=''
    case ${1:-} in
        "") ;;
        --deep) deep=yes ;;
        *) usage_error "lint does not know $1" ;;
    esac
    packages_need build lint
    if clang_format_is_ours; then
        lint_step "layout of C (./dev format puts it right)" \
            clang_format --dry-run -Werror || failed=yes
    else
        say "left    layout of C: only clang-format $CLANG_FORMAT_VERSION judges it (Debian 12's)"
    fi
    lint_step "shell" shellcheck -x -a dev deploy/dev/release_init .ci/run \
        deploy/docker/{cart-run,healthy,kafka-run,libraries} \
        deploy/kafka/carrito-kafka-install tests/harness/box-boot \
        tests/compose/{base.sh,images,with-docker} tests/{power,keypad}/machine/setup \
        tests/keypad/machine/speak \
        deploy/debian/service.* deploy/debian/*.preinst || failed=yes
    lint_step "Python" env "PYTHONPYCACHEPREFIX=$STATE/pycache" "$PYTHON" -m compileall -q \
        deploy tests bench || failed=yes
    lint_step "floors of the tree" "$PYTHON" deploy/dev/floors.py || failed=yes
    lint_step "headers have two users" "$PYTHON" deploy/dev/headers.py || failed=yes
    lint_step "something calls each function" "$PYTHON" deploy/dev/unused.py || failed=yes
    lint_step "limits of the style" "$PYTHON" deploy/dev/limits.py || failed=yes
    lint_step "pages for browsers of their year" node deploy/dev/pages.js || failed=yes
    lint_step "words for people" "$PYTHON" deploy/dev/words.py || failed=yes
    lint_step "warnings of the compiler" build_preset release || failed=yes
    lint_step "numbers of the schemas" "$PYTHON" deploy/dev/schemas.py "$(preset_dir release)/bin" ||
        failed=yes
    [[ -z $deep ]] || lint_deep || failed=yes
    [[ -z $failed ]] || die "lint found something; the lines above say what"
}

# What another version finds is for whoever moves to that one.
lint_deep() {
    if [[ $(debian_release) != bookworm ]]; then
        say "left    static analysis: only Debian 12's gcc, clang-tidy and cppcheck judge"
        return
    fi
    packages_need analysis
    lint_step "static analysis" "$PYTHON" deploy/dev/analyse.py "$(preset_dir release)" \
        "$STATE/cache/analysis"
}

# lint_step NAME COMMAND...
lint_step() {
    local name=$1
    shift
    if "$@"; then
        say "ok      $name"
    else
        say "FAILED  $name"
        return 1
    fi
}

dev_format() {
    packages_need lint
    clang_format_is_ours || die "only clang-format $CLANG_FORMAT_VERSION (Debian 12's) may lay out"
    clang_format -i
}

clang_format_is_ours() { [[ $(clang-format --version) == *" version $CLANG_FORMAT_VERSION."* ]]; }

clang_format() {
    find agent bench bridge collector common ctl sim tests till \
        \( -name '*.c' -o -name '*.h' \) -print0 | xargs -0 -r clang-format "$@"
}

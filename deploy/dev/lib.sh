# shellcheck shell=bash
# What the parts of ./dev share: places, words to the person, ports.

STATE=${CARRITO_DEV_STATE:-$ROOT/.dev} # elsewhere for a test, which may run beside `up`
BIN=$ROOT/build/bin
PYTHON=/usr/bin/python3 # Debian's, which has the packages; a newer one may come first in PATH

say() { printf '%s\n' "$*" >&2; }

die() {
    say "dev: $*"
    exit 1
}

usage_error() {
    say "dev: $*"
    say "      ./dev help tells the commands"
    exit 2
}

# port_taken PORT: does anybody listen there on loopback?
port_taken() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port PORT: the first port from PORT upwards on which nobody listens
free_port() {
    local port=$1
    while port_taken "$port"; do
        port=$((port + 1))
    done
    printf '%s\n' "$port"
}

# A path that the person gave counts from where they stand, not from the checkout.
absolute_path() {
    case $1 in
        /*) printf '%s\n' "$1" ;;
        *) printf '%s/%s\n' "$CALLER_DIR" "$1" ;;
    esac
}

# shellcheck shell=bash
# The parts that `./dev up` runs: how each is started and how it says that it is ready. Their ports
# and places are in variables that up_settings sets; a part that does not start ends the command,
# with the last lines of its log.

RUN=$STATE/run     # NAME.pid of each part
LOG=$STATE/log     # NAME.log of each part
DATA=$STATE/data   # the collector's store, the way in, what mosquitto keeps
CARTS=$STATE/carts # a folder for each simulated cart: outbox and socket
MAIL=$STATE/mail   # one file per mail
PART_READY_S=30

# part_start NAME COMMAND...
part_start() {
    local name=$1
    shift
    : >"$LOG/$name.log"
    process_start "$RUN/$name.pid" "$LOG/$name.log" "$@"
}

# part_ready NAME COMMAND...: waits until COMMAND succeeds
part_ready() {
    local name=$1
    shift
    wait_ready $PART_READY_S "$RUN/$name.pid" "$@" || part_failed "$name"
}

part_failed() {
    log_tail "$1" "$LOG/$1.log"
    die "$1 did not start; the lines above say why"
}

http_ready() { curl -fsS --noproxy '*' -m 2 "http://$1/readyz"; }

start_mosquitto() {
    local config=$STATE/mosquitto.conf
    mkdir -p "$DATA/mosquitto"
    {
        cat deploy/mosquitto/dev.conf
        printf 'listener %s 127.0.0.1\n' "$MQTT_PORT"
        printf 'persistence_location %s/\n' "$DATA/mosquitto"
        # As root it would go over to a user of its own, who may not write in this folder.
        [[ $EUID -ne 0 ]] || printf 'user root\n'
    } >"$config"
    part_start mosquitto /usr/sbin/mosquitto -c "$config"
    part_ready mosquitto port_taken "$MQTT_PORT"
}

start_mail_sink() {
    part_start mail-sink "$PYTHON" deploy/dev/mail_sink.py "$SMTP_PORT" "$MAIL"
    part_ready mail-sink port_taken "$SMTP_PORT"
}

create_topics() {
    timeout 60 "$BIN/carrito-collector" --create-topics >"$LOG/create-topics.log" 2>&1 ||
        part_failed create-topics
}

start_bridge() {
    part_start bridge env "CARRITO_METRICS=$BRIDGE_METRICS" "$BIN/carrito-bridge"
}

start_collector() {
    part_start collector "$BIN/carrito-collector"
}

# accept_members NUMBER: the guild's members, whose carts the simulated ones are. Before these sell,
# as a cart that is nobody's raises an alert, and rightly.
accept_members() {
    local number plates=()
    for ((number = 1; number <= $1; number++)); do
        plates+=("$(plate_of "$number")")
    done
    ((!${#plates[@]})) || "$PYTHON" deploy/dev/members.py "${plates[@]}" 2>"$LOG/members.log" ||
        part_failed members
}

plate_of() { printf 'SIM-%02d' "$1"; }

# start_cart NUMBER: a real agent that sells by itself. Its socket is named from its own folder, as
# the path of a socket is limited to 107 bytes and that of a checkout is not.
start_cart() {
    local plate
    plate=$(plate_of "$1")
    mkdir -p "$CARTS/$plate"
    part_start "cart-$plate" env -C "$CARTS/$plate" "CARRITO_CART=$plate" \
        CARRITO_OUTBOX=outbox.db CARRITO_SOCKET=agent.sock \
        "CARRITO_SELL=${CARRITO_SELL:-sim:$1:$SALES_PER_MINUTE}" \
        "CARRITO_GPS=${CARRITO_GPS:-sim:$1}" "$BIN/carrito-agent" run
}

start_carts() {
    local number
    for ((number = 1; number <= $1; number++)); do
        start_cart "$number"
    done
}

# Agents wait for nobody, so one that has ended has something to say.
carts_alive() {
    local pidfile
    for pidfile in "$RUN"/cart-*.pid; do
        [[ -e $pidfile ]] || continue
        process_runs "$pidfile" || part_failed "$(basename "$pidfile" .pid)"
    done
}

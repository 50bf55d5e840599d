# shellcheck shell=bash
# ./dev up [--carts N] [--detach] and ./dev down: everything for the main job on this machine;
# and ./dev pictures of it.

SALES_PER_MINUTE=12 # of each simulated cart; the agent leaves at most 7.5 s between two then

dev_up() {
    local carts=12 detach=
    while (($#)); do
        case $1 in
            --carts)
                [[ ${2:-} =~ ^[0-9]{1,3}$ ]] || usage_error "--carts needs a number up to 999"
                carts=$2
                shift
                ;;
            --detach) detach=yes ;;
            *) usage_error "up does not know $1" ;;
        esac
        shift
    done
    up_refuse_second
    packages_need build kafka up
    build_preset release
    trap up_failed EXIT
    up_start "$((10#$carts))"
    way_in
    [[ -n $detach ]] || up_watch
    trap - EXIT
}

up_refuse_second() {
    local pidfile
    for pidfile in "$RUN"/*.pid "$STATE/kafka/kafka.pid"; do
        if process_runs "$pidfile"; then
            die "an earlier start still runs (its $(basename "$pidfile" .pid)); ./dev down ends it"
        fi
    done
}

up_failed() {
    trap '' INT TERM HUP
    say "dev: ending what was started"
    rm -f "$RUN/up.pid"
    down
}

up_start() {
    rm -rf "$RUN" "$LOG" "$STATE/env"
    mkdir -p "$RUN" "$LOG" "$DATA" "$CARTS" "$MAIL"
    # up itself, as long as it starts or watches: a second one is refused, and down ends it too.
    printf '%s %s\n' $$ "$(process_start_time $$)" >"$RUN/up.pid"
    up_settings
    start_mosquitto
    start_mail_sink
    kafka_start "$STATE/kafka" "$KAFKA_PORT" >&2
    create_topics
    start_bridge
    make_way_in
    start_collector
    part_ready bridge http_ready "$BRIDGE_METRICS"
    part_ready collector http_ready "$CARRITO_HTTP"
    accept_members "$1"
    start_carts "$1"
    write_env
    carts_alive
}

# What the programs read. The person's own CARRITO_ variables reach them too, but for the ones that
# say where the parts are: those may come from an earlier .dev/env.
up_settings() {
    MQTT_PORT=$(free_port 1883)
    KAFKA_PORT=$(free_port 9092)
    SMTP_PORT=$(free_port 2525)
    BRIDGE_METRICS=127.0.0.1:$(free_port 9464)
    unset CARRITO_METRICS
    export CARRITO_MQTT_HOST=127.0.0.1 CARRITO_MQTT_PORT=$MQTT_PORT
    export CARRITO_KAFKA_BROKERS=127.0.0.1:$KAFKA_PORT
    export CARRITO_STORE=sqlite://$DATA/collector.db
    CARRITO_HTTP=127.0.0.1:$(free_port 8080)
    export CARRITO_HTTP CARRITO_SMTP=smtp://127.0.0.1:$SMTP_PORT
    export CARRITO_URL=http://$CARRITO_HTTP
    export CARRITO_RATE=${CARRITO_RATE:-0} CARRITO_MAIL_RATE=${CARRITO_MAIL_RATE:-0}
    export CARRITO_STRANGER_MAIL_RATE=${CARRITO_STRANGER_MAIL_RATE:-0}
    export CARRITO_SIMULATIONS=${CARRITO_SIMULATIONS:-1}
    export CARRITO_KAFKA_REPLICATION=${CARRITO_KAFKA_REPLICATION:-1}
}

# An admin with a random password and a token that does not expire, made with the store and kept
# beside it.
make_way_in() {
    local admin=$DATA/admin
    [[ -e $DATA/collector.db ]] || rm -rf "$admin"
    if [[ ! -e $admin/token ]]; then
        rm -rf "$admin"
        mkdir -m 700 "$admin"
        # One of a start that was cut short here, whose password nobody knows.
        "$BIN/carrito-collector" user remove admin >/dev/null 2>&1 || true
        head -c 12 /dev/urandom | base64 | tr '+/' '-_' >"$admin/password"
        user add --role admin admin <"$admin/password" >/dev/null
        user token admin >"$admin/token.new"
        mv "$admin/token.new" "$admin/token"
    fi
    PASSWORD=$(<"$admin/password")
    CARRITO_TOKEN=$(<"$admin/token")
    export CARRITO_TOKEN
}

user() { "$BIN/carrito-collector" user "$@" 2>>"$LOG/user.log" || part_failed user; }

# For the person's shell and for programs: `. .dev/env`
write_env() {
    local name
    for name in CARRITO_URL CARRITO_TOKEN CARRITO_MQTT_HOST CARRITO_MQTT_PORT \
        CARRITO_KAFKA_BROKERS CARRITO_STORE CARRITO_SMTP; do
        printf 'export %s=%q\n' "$name" "${!name}"
    done >"$STATE/env.new"
    chmod 600 "$STATE/env.new"
    mv "$STATE/env.new" "$STATE/env"
}

way_in() {
    cat <<END

carrito is up.
  console    $CARRITO_URL/   user admin, password $PASSWORD
  terminal   . .dev/env && build/bin/carritoctl daily
  sell       CARRITO_SOCKET=.dev/carts/SIM-01/agent.sock build/bin/carrito-agent sell --quantity 3
  mails      .dev/mail/      logs  .dev/log/      bridge  http://$BRIDGE_METRICS/metrics
  end        ./dev down

END
}

# The live summary, until somebody ends it: Ctrl-C, or a signal.
up_watch() {
    local stopped='' summary
    trap 'stopped=yes' INT TERM HUP
    "$PYTHON" deploy/dev/summary.py &
    summary=$!
    wait "$summary" || true
    if [[ -z $stopped ]]; then
        say "dev: the summary has ended; everything else runs on until Ctrl-C or ./dev down"
        sleep infinity &
        summary=$!
        wait "$summary" || true
    fi
    trap '' INT TERM HUP
    kill "$summary" 2>/dev/null || true
    say "dev: ending"
    rm -f "$RUN/up.pid"
    down
}

dev_down() {
    (($# == 0)) || usage_error "down takes no arguments"
    process_stop "$RUN/up.pid" # which ends its parts itself; down does what is left
    down
}

# In the order of the way of an event, so that each part can still hand on what it has.
down() {
    shopt -s nullglob
    process_stop "$RUN"/cart-*.pid
    process_stop "$RUN"/bridge.pid "$RUN"/collector.pid
    process_stop "$RUN"/*.pid "$STATE/kafka/kafka.pid"
    rm -rf "$RUN" "$STATE/env"
}

# The pictures of docs/, from what runs.
dev_pictures() {
    (($# == 0)) || usage_error "pictures takes no arguments"
    [[ -r $STATE/env ]] || die "there is nothing to see: ./dev up --detach first"
    packages_need browser pictures
    # shellcheck source=/dev/null
    source "$STATE/env"
    "$PYTHON" docs/pictures/make.py
}

# shellcheck shell=bash
# ./dev kafka start|stop [--port P] [--dir D]: a single-node Apache Kafka (KRaft) for development
# and tests. Its jars come from Maven by the checked-in pom. Several may run beside each other in
# folders of their own; one that is started again on its folder finds its data as it was left.
#
# --node I --voters V makes it the broker I of a cluster: V is ID@HOST:PORT of the controller of
# each, the same for all. They wait for each other, so they are started side by side.
# --set NAME=VALUE, as often as wanted, is a property of the broker, for tests of another one.

KAFKA_LIBS=$ROOT/.dev/kafka-libs
KAFKA_READY_S=90
KAFKA_NODE=1
KAFKA_VOTERS=
KAFKA_SET=() # NAME=VALUE of --set: properties of the broker, over those below

dev_kafka() {
    local verb=${1:-} port=9092 dir=$STATE/kafka
    [[ $verb == start || $verb == stop ]] || usage_error "kafka start or kafka stop?"
    shift
    while (($#)); do
        [[ $# -ge 2 ]] || usage_error "$1 needs a value"
        case $1 in
            --port) port=$2 ;;
            --dir) dir=$(absolute_path "$2") ;;
            --node) KAFKA_NODE=$2 ;;
            --voters) KAFKA_VOTERS=$2 ;;
            --set) KAFKA_SET+=("$2") ;;
            *) usage_error "kafka $verb does not know $1" ;;
        esac
        shift 2
    done
    [[ $port =~ ^[0-9]+$ ]] || usage_error "a port is a number, not $port"
    [[ -z $KAFKA_VOTERS || ,$KAFKA_VOTERS == *,"$KAFKA_NODE@"?*:[0-9]* ]] ||
        usage_error "--voters $KAFKA_VOTERS does not name node $KAFKA_NODE"
    "kafka_$verb" "$dir" "$port"
}

# How Java is called, in KAFKA_JAVA: with the version of Debian's release, whichever comes first in
# PATH. Most of a short life of Kafka's goes into compiling itself well; a benchmark's is a long one.
kafka_java() {
    local home quick=(-XX:TieredStopAtLevel=1)
    [[ -z ${KAFKA_COMPILED_WELL:-} ]] || quick=()
    home=/usr/lib/jvm/java-$(java_of "$(debian_release)")-openjdk-$(dpkg --print-architecture)
    KAFKA_ARCHIVE=$KAFKA_LIBS/$(sha256sum <"$home/release" | cut -c 1-12).jsa
    [[ ! -e $KAFKA_ARCHIVE ]] || quick+=("-XX:SharedArchiveFile=$KAFKA_ARCHIVE")
    KAFKA_JAVA=("$home/bin/java"
        -Xms96m -Xmx384m -XX:+UseSerialGC "${quick[@]}" -cp "$KAFKA_LIBS/*"
        "-Dlog4j2.configurationFile=file:$ROOT/deploy/kafka/log4j2.properties")
}

# What the classes of a Kafka that starts look like in memory, once per version of Java: with it each
# start costs half. One that cannot be made is done without.
kafka_archive() {
    local dir=$KAFKA_LIBS/first port
    kafka_java
    [[ ! -e $KAFKA_ARCHIVE ]] || return 0
    say "dev: looking at what Kafka loads at its start (once)"
    rm -rf "$dir"
    mkdir -p "$dir"
    port=$(free_port 29092)
    kafka_configure "$dir" "$port"
    export JDK_JAVA_OPTIONS=-XX:DumpLoadedClassList=$dir/%p.classes
    kafka_format "$dir" || return 0
    process_start "$dir/kafka.pid" "$dir/kafka.log" \
        "${KAFKA_JAVA[@]}" kafka.Kafka "$dir/server.properties"
    wait_ready $KAFKA_READY_S "$dir/kafka.pid" kafka_answers "$port" || true
    process_stop "$dir/kafka.pid"
    unset JDK_JAVA_OPTIONS
    sort -u "$dir"/*.classes >"$dir/classes"
    if "${KAFKA_JAVA[@]}" -Xshare:dump "-XX:SharedClassListFile=$dir/classes" \
        "-XX:SharedArchiveFile=$dir/classes.jsa" >"$dir/archive.log" 2>&1; then
        mv "$dir/classes.jsa" "$KAFKA_ARCHIVE"
    else
        log_tail "Java's archive of Kafka's classes" "$dir/archive.log"
    fi
    rm -rf "$dir"
}

# Fetches the jars once per state of the pom. Under a lock, as tests start several at once.
kafka_fetch() {
    local wanted
    wanted=$(sha256sum <"$ROOT/deploy/kafka/pom.xml")
    mkdir -p "$(dirname "$KAFKA_LIBS")"
    (
        flock 9
        if [[ -r $KAFKA_LIBS/pom.sha256 && $(<"$KAFKA_LIBS/pom.sha256") == "$wanted" ]]; then
            kafka_archive 9>&-
            exit 0
        fi
        say "dev: fetching Apache Kafka's jars with Maven (once, about 60 MB)"
        rm -rf "$KAFKA_LIBS"
        mvn -q -B -f "$ROOT/deploy/kafka/pom.xml" dependency:copy-dependencies \
            -DincludeScope=runtime "-DoutputDirectory=$KAFKA_LIBS" 2>&1 |
            sed 's/\x1b\[[0-9;]*m//g' >&2 # colours that no option turns off
        (cd "$KAFKA_LIBS" && sha256sum --quiet --strict -c "$ROOT/deploy/kafka/jars.sha256" >&2) ||
            die "Kafka's jars are not those of deploy/kafka/jars.sha256"
        printf '%s\n' "$wanted" >"$KAFKA_LIBS/pom.sha256"
        kafka_archive 9>&-
    ) 9>"$KAFKA_LIBS.lock"
}

# kafka_configure DIR PORT: the shipped file of one box, and what is different here, of which Kafka
# takes the last line. The controller's port may be another one at each start; a quorum of one
# corrects its own entry. With --voters the quorum is a static one, as it also is in folders that an
# older ./dev formatted, whose mark is empty.
kafka_configure() {
    local controller voters=$KAFKA_VOTERS own replicas
    controller=127.0.0.1:$(free_port $(($2 + 1)))
    [[ -n $voters || ! -e $1/formatted || -s $1/formatted ]] || voters=$KAFKA_NODE@$controller
    own=,$voters,
    own=${own#*,"$KAFKA_NODE@"}
    [[ -z $voters ]] || controller=${own%%,*}
    replicas=$(tr ',' '\n' <<<"${voters:-one}" | head -n 3 | wc -l)
    {
        if [[ -n $voters ]]; then
            grep -v '^controller.quorum' "$ROOT/deploy/kafka/one-box.properties"
            printf 'controller.quorum.voters=%s\n' "$voters"
        else
            cat "$ROOT/deploy/kafka/one-box.properties"
            printf 'controller.quorum.bootstrap.servers=%s\n' "$controller"
        fi
        cat <<END
node.id=$KAFKA_NODE
listeners=PLAINTEXT://127.0.0.1:$2,CONTROLLER://$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$2,CONTROLLER://$controller
log.dirs=$1/data
offsets.topic.replication.factor=$replicas
transaction.state.log.replication.factor=$replicas
share.coordinator.state.topic.replication.factor=$replicas
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
END
    } >"$1/server.properties"
    ((${#KAFKA_SET[@]} == 0)) || printf '%s\n' "${KAFKA_SET[@]}" >>"$1/server.properties"
}

# Once per folder. The mark is written last, so a format that was cut short is done again; it says
# which kind of quorum was made.
kafka_format() {
    [[ ! -e $1/formatted ]] || return 0
    local id kind=(--standalone)
    # The brokers of a cluster have one id, which comes from what they have in common.
    id=$(if [[ -n $KAFKA_VOTERS ]]; then
        printf '%s' "$KAFKA_VOTERS" | sha256sum
    else
        head -c 16 /dev/urandom | od -An -tx1
    fi | tr -d ' \n' | cut -c 1-22)
    [[ -z $KAFKA_VOTERS ]] || kind=()
    rm -rf "$1/data"
    "${KAFKA_JAVA[@]}" kafka.tools.StorageTool format -c "$1/server.properties" \
        -t "$id" "${kind[@]}" >"$1/format.log" 2>&1 ||
        {
            log_tail "Kafka's storage format" "$1/format.log"
            return 1
        }
    printf '%s\n' "${kind[0]:---voters}" >"$1/formatted"
}

kafka_answers() { kcat -b "127.0.0.1:$1" -L -m 2; }

# kafka_start DIR PORT
kafka_start() {
    local dir=$1 port=$2
    ! process_runs "$dir/kafka.pid" ||
        die "a Kafka runs in $dir already: ./dev kafka stop --dir $dir"
    ! port_taken "$port" || die "port $port is taken: choose another with --port"
    packages_need kafka
    kafka_fetch
    kafka_java
    mkdir -p "$dir"
    kafka_configure "$dir" "$port"
    kafka_format "$dir" || die "Kafka's folder $dir could not be made"
    process_start "$dir/kafka.pid" "$dir/kafka.log" \
        "${KAFKA_JAVA[@]}" kafka.Kafka "$dir/server.properties"
    if ! wait_ready $KAFKA_READY_S "$dir/kafka.pid" kafka_answers "$port"; then
        log_tail Kafka "$dir/kafka.log"
        process_stop "$dir/kafka.pid"
        die "Kafka did not start; the lines above say why"
    fi
    printf 'kafka ready on 127.0.0.1:%s\n' "$port"
}

# kafka_stop DIR
kafka_stop() { process_stop "$1/kafka.pid"; }

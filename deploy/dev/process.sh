# shellcheck shell=bash
# Processes that outlive the command that started them, ended by process id. Each has a file
# NAME.pid with its id and its start time, so that an id which the kernel has given to somebody
# else since is never sent a signal.

KILL_AFTER_S=15 # a process that has not ended by then gets SIGKILL

# process_start_time PID: in clock ticks since boot; empty where there is no such process or it is
# a zombie. The name in the file may hold blanks and parentheses, so it is cut at the last one.
process_start_time() {
    local line fields
    read -r line 2>/dev/null <"/proc/$1/stat" || return 0
    read -ra fields <<<"${line##*) }"
    [[ ${fields[0]} == Z ]] || printf '%s\n' "${fields[19]}"
}

# process_pid PIDFILE: the id of the process while it runs; false where it does not
process_pid() {
    local pid started
    [[ -r $1 ]] && read -r pid started <"$1" || return 1
    [[ -n $started && $(process_start_time "$pid") == "$started" ]] && printf '%s\n' "$pid"
}

process_runs() { process_pid "$1" >/dev/null; }

# process_start PIDFILE LOG COMMAND...: in a session of its own, so that Ctrl-C on the terminal
# reaches only ./dev, which ends everything in order.
process_start() {
    local pidfile=$1 log=$2 pid
    shift 2
    setsid "$@" >>"$log" 2>&1 </dev/null &
    pid=$!
    disown "$pid"
    printf '%s %s\n' "$pid" "$(process_start_time "$pid")" >"$pidfile"
}

# process_stop PIDFILE...: SIGTERM to all of them at once, SIGKILL to what is left after a while
process_stop() {
    local pidfile pid deadline=$((SECONDS + KILL_AFTER_S))
    for pidfile; do
        ! pid=$(process_pid "$pidfile") || kill -TERM "$pid" 2>/dev/null || true
    done
    for pidfile; do
        while pid=$(process_pid "$pidfile"); do
            if ((SECONDS >= deadline)); then
                say "dev: process $pid ($(basename "$pidfile" .pid)) does not end; killing it"
                kill -KILL "$pid" 2>/dev/null || true
            fi
            sleep 0.05
        done
        rm -f "$pidfile"
    done
}

# log_tail NAME LOG: what a program said last, for the person to see why it did not start
log_tail() {
    say "--- the last lines of $2 ($1) ---"
    tail -n 25 "$2" >&2 || true
    say "---"
}

# wait_ready SECONDS PIDFILE COMMAND...: until COMMAND succeeds; false when the process of PIDFILE
# ends before or the time is over
wait_ready() {
    local deadline=$((SECONDS + $1)) pidfile=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        if ! process_runs "$pidfile" || ((SECONDS >= deadline)); then
            return 1
        fi
        sleep 0.1
    done
}

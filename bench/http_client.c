/* An operator who asks, while others listen or hold connections open.
 *
 *   http_client PORT TOKEN PATH INTERVAL_MS SECONDS LISTENERS READERS SENDERS ADDRESSES
 *
 * LISTENERS follow GET /stream and read what comes. READERS ask for a long file READS times at once
 * and take a byte of it every SLOW_MS; SENDERS send a byte of a request every SLOW_MS
 * ("slowloris"). Who is slow comes back when he is thrown out. All come from ADDRESSES loopback
 * networks in turn, 127.1.0.1, 127.1.1.1 and on, the operator from 127.0.0.1: the server's limits
 * by address are met as in the world. The operator asks PATH every INTERVAL_MS, half of the
 * requests over a connection that is kept, half over a new one. The clock starts when a request is
 * due, or with the answer before it where that came later: a person asks one thing at a time.
 *
 * Prints one line of JSON: "kept" and "new", the operator's times in ms (-1: no answer or not 200);
 * "listening" at the end; "events"; "held": slow connections that are open at the end; "refused":
 * how often one was closed. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define OTHERS_MAX   4000
#define NETWORKS_MAX 200
#define ANSWER_MAX   (4 * 1024 * 1024)
#define REQUEST_MAX  1024
#define SLOW_MS      1000
#define READ_PATH    "/console/lib/chart.js" /* 200 kB, for everybody */
#define READS        8
#define READ_WINDOW  2048 /* bytes that a slow reader's own kernel takes for him */
#define POLL_MS      20
#define OPERATOR_S   10   /* patience */
#define SETTLE_MS    3000 /* until the others are there */
#define FIRST_SOURCE 0x7f010001U
#define OPERATOR     0x7f000001U

enum habit { LISTENER, READER, SENDER };

struct other {
    int fd;
    enum habit habit;
    size_t sent; /* of a slow request */
    int64_t next_ms;
    char last; /* byte read; two line ends in a row end an event */
};

struct bench {
    int port, count, addresses;
    const char *token, *path;
    struct other *others;
    atomic_bool stop;
    long events, refused;
};

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void wait_us(int64_t us)
{
    if (us > 0)
        nanosleep(&(struct timespec){ us / 1000000, us % 1000000 * 1000 }, NULL);
}

/* A connection from that address; -1 where there is none. `window` 0: as usual. */
static int open_from(const struct bench *bench, uint32_t source, int window)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(source) };
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)bench->port),
                              .sin_addr.s_addr = htonl(OPERATOR) };
    struct timeval patience = { .tv_sec = OPERATOR_S };

    if (fd < 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (window > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
    if (bind(fd, (struct sockaddr *)&from, sizeof from) == 0 &&
        connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    close(fd);
    return -1;
}

static int write_request(const struct bench *bench, const char *path, char text[REQUEST_MAX])
{
    return snprintf(text, REQUEST_MAX,
                    "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n\r\n",
                    path, bench->port, bench->token);
}

/* What one says first, whole: a sender nothing. */
static void ask_first(struct bench *bench, struct other *other)
{
    static const char read_request[] = "GET " READ_PATH " HTTP/1.1\r\nHost: x\r\n\r\n";
    char request[REQUEST_MAX];

    if (other->habit == LISTENER) {
        int length = write_request(bench, "/api/v1/stream", request);
        send(other->fd, request, (size_t)length, MSG_NOSIGNAL);
    }
    for (int i = 0; other->habit == READER && i < READS; i++)
        send(other->fd, read_request, sizeof read_request - 1, MSG_NOSIGNAL);
}

static void open_other(struct bench *bench, struct other *other)
{
    uint32_t network = (uint32_t)((other - bench->others) % bench->addresses);

    other->fd =
        open_from(bench, FIRST_SOURCE + (network << 8), other->habit == READER ? READ_WINDOW : 0);
    other->sent = 0;
    other->next_ms = now_us() / 1000 + SLOW_MS;
    if (other->fd < 0)
        return;
    ask_first(bench, other);
    fcntl(other->fd, F_SETFL, O_NONBLOCK);
}

static void close_other(struct bench *bench, struct other *other)
{
    if (other->fd >= 0)
        close(other->fd);
    other->fd = -1;
    bench->refused += other->habit != LISTENER;
}

/* An event ends with an empty line. */
static void read_other(struct bench *bench, struct other *other, size_t most)
{
    char bytes[65536];
    ssize_t got = read(other->fd, bytes, most < sizeof bytes ? most : sizeof bytes);

    if (got == 0 || (got < 0 && errno != EAGAIN)) {
        close_other(bench, other);
        return;
    }
    for (ssize_t i = 0; i < got; i++) {
        bench->events += other->habit == LISTENER && bytes[i] == '\n' && other->last == '\n';
        other->last = bytes[i];
    }
}

/* A byte of headers without an end. */
static void send_byte(struct bench *bench, struct other *other)
{
    static const char start[] = "GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Slow: ";
    char byte = other->sent < sizeof start - 1 ? start[other->sent] : 'a';

    other->sent++;
    if (send(other->fd, &byte, 1, MSG_NOSIGNAL) < 0 && errno != EAGAIN)
        close_other(bench, other);
}

static void be_slow(struct bench *bench, struct other *other, int64_t now_ms)
{
    if (other->habit == LISTENER || now_ms < other->next_ms)
        return;
    other->next_ms = now_ms + SLOW_MS;
    if (other->fd < 0)
        open_other(bench, other);
    else if (other->habit == SENDER)
        send_byte(bench, other);
    else
        read_other(bench, other, 1);
}

/* A slow reader learns of an end only: what he has been sent may lie there. */
static void look(struct bench *bench, struct other *other, short seen)
{
    if (other->fd < 0 || seen == 0)
        return;
    if (other->habit == READER)
        close_other(bench, other);
    else
        read_other(bench, other, SIZE_MAX);
}

static void *run_others(void *argument)
{
    struct bench *bench = argument;
    struct pollfd *polled = calloc((size_t)bench->count + 1, sizeof *polled);

    for (int i = 0; i < bench->count; i++)
        open_other(bench, &bench->others[i]);
    while (!atomic_load(&bench->stop)) {
        for (int i = 0; i < bench->count; i++)
            polled[i] = (struct pollfd){
                .fd = bench->others[i].fd,
                .events = bench->others[i].habit == READER ? POLLRDHUP : POLLIN,
            };
        poll(polled, (nfds_t)bench->count, POLL_MS);
        for (int i = 0; i < bench->count; i++) {
            look(bench, &bench->others[i], polled[i].revents);
            be_slow(bench, &bench->others[i], now_us() / 1000);
        }
        wait_us(POLL_MS * 100);
    }
    free(polled);
    return NULL;
}

/* Reads one answer by its Content-Length; true where it is a whole 200. */
static bool read_answer(int fd)
{
    static char answer[ANSWER_MAX + 1];
    size_t length = 0, whole = 0;

    while (whole == 0 || length < whole) {
        ssize_t got = length < ANSWER_MAX ? read(fd, answer + length, ANSWER_MAX - length) : 0;
        if (got <= 0)
            return false;
        length += (size_t)got;
        answer[length] = '\0';
        const char *end = strstr(answer, "\r\n\r\n"),
                   *field = strcasestr(answer, "content-length:");
        if (whole == 0 && end != NULL && field != NULL && field < end)
            whole = (size_t)(end + 4 - answer) + strtoul(field + 15, NULL, 10);
        else if (whole == 0 && end != NULL)
            return false;
    }
    return strncmp(answer, "HTTP/1.1 200", 12) == 0;
}

/* One request of the operator; ms since it was due. */
static double ask(const struct bench *bench, int *fd, int64_t due_us)
{
    char request[REQUEST_MAX];
    int length = write_request(bench, bench->path, request);

    if (*fd < 0)
        *fd = open_from(bench, OPERATOR, 0);
    if (*fd < 0)
        return -1;
    if (send(*fd, request, (size_t)length, MSG_NOSIGNAL) == length && read_answer(*fd))
        return (double)(now_us() - due_us) / 1000;
    close(*fd);
    *fd = -1;
    return -1;
}

static void run_operator(const struct bench *bench, int64_t interval_us, int count, double *times)
{
    int64_t start_us = now_us();
    int kept = -1;

    for (int i = 0; i < count; i++) {
        int64_t due_us = start_us + i * interval_us, before_us = now_us();
        int once = -1;
        wait_us(due_us - before_us);
        due_us = before_us > due_us ? before_us : due_us;
        times[i] = ask(bench, i % 2 == 0 ? &kept : &once, due_us);
        if (once >= 0)
            close(once);
    }
    if (kept >= 0)
        close(kept);
}

static void print_times(const char *name, const double *times, int count, int first)
{
    printf("\"%s\":[", name);
    for (int i = first; i < count; i += 2)
        printf("%s%.3f", i > first ? "," : "", times[i]);
    printf("],");
}

static void print_result(const struct bench *bench, const double *times, int count)
{
    int listening = 0, held = 0;

    for (int i = 0; i < bench->count; i++) {
        listening += bench->others[i].habit == LISTENER && bench->others[i].fd >= 0;
        held += bench->others[i].habit != LISTENER && bench->others[i].fd >= 0;
    }
    printf("{");
    print_times("kept", times, count, 0);
    print_times("new", times, count, 1);
    printf("\"listening\":%d,\"events\":%ld,\"held\":%d,\"refused\":%ld}\n", listening,
           bench->events, held, bench->refused);
}

static enum habit habit_of(int number, int listeners, int readers)
{
    if (number < listeners)
        return LISTENER;
    return number < listeners + readers ? READER : SENDER;
}

int main(int argc, char **argv)
{
    static struct other others[OTHERS_MAX];
    pthread_t thread;

    if (argc != 10) {
        fputs("usage: http_client PORT TOKEN PATH INTERVAL_MS SECONDS LISTENERS READERS SENDERS "
              "ADDRESSES\n",
              stderr);
        return 2;
    }
    int64_t interval_us = atoll(argv[4]) * 1000, seconds = atoll(argv[5]);
    int listeners = atoi(argv[6]), readers = atoi(argv[7]);
    int count = (int)(seconds * 1000000 / interval_us);
    struct bench bench = { .port = atoi(argv[1]),
                           .token = argv[2],
                           .path = argv[3],
                           .addresses = atoi(argv[9]),
                           .count = listeners + readers + atoi(argv[8]),
                           .others = others };
    double *times = calloc((size_t)count + 1, sizeof *times);
    if (bench.count > OTHERS_MAX || bench.addresses < 1 || bench.addresses > NETWORKS_MAX ||
        times == NULL)
        return 2;
    for (int i = 0; i < bench.count; i++)
        others[i] = (struct other){ .fd = -1, .habit = habit_of(i, listeners, readers) };
    if (pthread_create(&thread, NULL, run_others, &bench) != 0)
        return 1;
    wait_us(SETTLE_MS * 1000);
    run_operator(&bench, interval_us, count, times);
    atomic_store(&bench.stop, true);
    pthread_join(thread, NULL);
    print_result(&bench, times, count);
    free(times);
    return 0;
}

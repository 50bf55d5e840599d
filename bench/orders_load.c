/* Places orders over HTTP and looks at each until it is `finalizado`.
 *
 *   orders_load PORT COUNT INTERVAL_US TIMEOUT_S SEED
 *
 * Writes a line per order to standard output: the microseconds from the instant at which it was due
 * (all at once: INTERVAL_US 0) to its 202, and to the first GET that showed it `finalizado`; -1
 * where that was not seen; and the last status seen. What waits here for a free connection counts,
 * too: the clock starts when the order is due, not when there was room for it.
 *
 * One thread; POST_CONNECTIONS and LOOK_CONNECTIONS are kept alive where the server keeps them. An
 * order is looked at again after LOOK_US_MIN, or a tenth of its age where that is more: what is
 * measured is at most so much too late, and a slow server is not loaded by being watched. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define POST_CONNECTIONS 128
#define LOOK_CONNECTIONS 4
#define CONNECTIONS      (POST_CONNECTIONS + LOOK_CONNECTIONS)
#define LOOK_US_MIN      500
#define STALL_US         10000000 /* without an order that ends: the rest never will */
#define SETTLE_US        1000000  /* before the last look at all of them */
#define NAME_MAX_LENGTH  100
#define ID_SIZE          65
#define ANSWER_MAX       8192
#define TRIES_MAX        5
#define NOT_SEEN         (-1)

struct order {
    char id[ID_SIZE], status[32];
    int64_t due_us, accepted_us, done_us, look_us;
};

struct connection {
    int fd;    /* -1: to be opened */
    int order; /* -1: idle */
    bool looks;
    int tries;
    char request[512], answer[ANSWER_MAX + 1];
    size_t length;
};

struct load {
    int port, count;
    int64_t interval_us, end_us, last_done_us;
    bool last_look; /* at all orders, whatever they were */
    uint64_t random;
    struct order *orders;
    int posted, done;
    int *heap; /* outstanding orders, the one to be looked at first on top */
    int heap_count;
    struct connection connections[CONNECTIONS];
};

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* xorshift64*: the same names for the same seed. */
static uint64_t next_random(struct load *load)
{
    load->random ^= load->random >> 12;
    load->random ^= load->random << 25;
    load->random ^= load->random >> 27;
    return load->random * 2685821657736338717ULL;
}

static void heap_swap(struct load *load, int a, int b)
{
    int kept = load->heap[a];

    load->heap[a] = load->heap[b];
    load->heap[b] = kept;
}

static bool sooner(const struct load *load, int a, int b)
{
    return load->orders[load->heap[a]].look_us < load->orders[load->heap[b]].look_us;
}

static void heap_push(struct load *load, int order)
{
    int at = load->heap_count++;

    load->heap[at] = order;
    for (; at > 0 && sooner(load, at, (at - 1) / 2); at = (at - 1) / 2)
        heap_swap(load, at, (at - 1) / 2);
}

static int heap_pop(struct load *load)
{
    int order = load->heap[0], at = 0;

    load->heap[0] = load->heap[--load->heap_count];
    for (int child = 1; child < load->heap_count; child = 2 * at + 1) {
        if (child + 1 < load->heap_count && sooner(load, child + 1, child))
            child++;
        if (!sooner(load, child, at))
            break;
        heap_swap(load, at, child);
        at = child;
    }
    return order;
}

static void open_connection(const struct load *load, struct connection *connection)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)load->port) };
    int on = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connection->fd < 0 ||
        connect(connection->fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("connect");
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(connection->fd, F_SETFL, O_NONBLOCK);
}

/* Requests are small: they fit into the socket's buffer. */
static void send_request(const struct load *load, struct connection *connection)
{
    size_t length = strlen(connection->request);

    if (connection->fd < 0)
        open_connection(load, connection);
    connection->length = 0;
    if (send(connection->fd, connection->request, length, MSG_NOSIGNAL) != (ssize_t)length &&
        errno != EPIPE && errno != ECONNRESET)
        die("send");
}

/* The server had closed it for its idleness before the request came. */
static void send_again(const struct load *load, struct connection *connection)
{
    close(connection->fd);
    connection->fd = -1;
    if (connection->tries++ == TRIES_MAX) {
        fprintf(stderr, "the server closes connections without an answer\n");
        exit(1);
    }
    send_request(load, connection);
}

static void post(struct load *load, struct connection *connection)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    char name[NAME_MAX_LENGTH + 1] = "", body[256];
    size_t length = 1 + next_random(load) % NAME_MAX_LENGTH;

    for (size_t i = 0; i < length; i++)
        name[i] = letters[next_random(load) % (sizeof letters - 1)];
    snprintf(body, sizeof body, "{\"product\":\"%s\",\"price\":%d,\"email\":\"buyer@example.com\"}",
             name, (int)(next_random(load) % 10000));
    snprintf(connection->request, sizeof connection->request,
             "POST /api/v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             strlen(body), body);
    connection->order = load->posted++;
    connection->tries = 0;
    send_request(load, connection);
}

static void look(struct load *load, struct connection *connection)
{
    connection->order = heap_pop(load);
    snprintf(connection->request, sizeof connection->request,
             "GET /api/v1/orders/%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
             load->orders[connection->order].id);
    connection->tries = 0;
    send_request(load, connection);
}

/* Copies the JSON text behind "name": into value. */
static bool member(const char *body, const char *name, char *value, size_t size)
{
    char key[32];

    snprintf(key, sizeof key, "\"%s\"", name);
    const char *at = strstr(body, key);
    if (at == NULL)
        return false;
    at += strlen(key);
    at += strspn(at, ": ");
    if (*at++ != '"')
        return false;
    snprintf(value, size, "%.*s", (int)strcspn(at, "\""), at);
    return true;
}

/* The body once the answer is whole, else NULL. */
static const char *whole_body(const struct connection *connection)
{
    const char *head_end = strstr(connection->answer, "\r\n\r\n");
    const char *length = strcasestr(connection->answer, "\r\nContent-Length:");

    if (head_end == NULL)
        return NULL;
    if (length == NULL || length > head_end) {
        fprintf(stderr, "an answer without a length: %.200s\n", connection->answer);
        exit(1);
    }
    size_t wanted = strtoul(length + 17, NULL, 10);
    const char *body = head_end + 4;
    return strlen(body) >= wanted ? body : NULL;
}

static bool closes(const char *answer)
{
    return strncmp(answer, "HTTP/1.0", 8) == 0 ||
           strcasestr(answer, "\r\nConnection: close") != NULL;
}

static void take_answer(struct load *load, struct connection *connection, const char *body)
{
    struct order *order = &load->orders[connection->order];
    int status = atoi(connection->answer + 9);
    int64_t at_us = now_us();

    if (load->last_look) {
        if (!member(body, "status", order->status, sizeof order->status))
            snprintf(order->status, sizeof order->status, "%d", status);
    } else if (!connection->looks) {
        if (status != 202 || !member(body, "id", order->id, sizeof order->id)) {
            fprintf(stderr, "an order was not taken: %.300s\n", connection->answer);
            exit(1);
        }
        order->accepted_us = order->look_us = at_us;
        heap_push(load, connection->order);
    } else {
        if (status != 200 || !member(body, "status", order->status, sizeof order->status))
            snprintf(order->status, sizeof order->status, "%d", status);
        if (strcmp(order->status, "finalizado") == 0) {
            order->done_us = at_us;
            load->last_done_us = at_us;
            load->done++;
        } else {
            int64_t pause_us = (at_us - order->due_us) / 10;
            order->look_us = at_us + (pause_us > LOOK_US_MIN ? pause_us : LOOK_US_MIN);
            heap_push(load, connection->order);
        }
    }
    connection->order = -1;
    if (closes(connection->answer)) {
        close(connection->fd);
        connection->fd = -1;
    }
}

static void receive(struct load *load, struct connection *connection)
{
    ssize_t got = recv(connection->fd, connection->answer + connection->length,
                       ANSWER_MAX - connection->length, 0);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        send_again(load, connection);
        return;
    }
    connection->length += (size_t)got;
    connection->answer[connection->length] = '\0';
    const char *body = whole_body(connection);
    if (body != NULL)
        take_answer(load, connection, body);
}

/* Gives idle connections what is due; returns when the next thing is due. */
static int64_t send_due(struct load *load)
{
    int64_t at_us = now_us(), next_us = at_us + 100000;

    for (int i = 0; i < CONNECTIONS; i++) {
        struct connection *connection = &load->connections[i];
        if (connection->order >= 0)
            continue;
        if (!connection->looks && load->posted < load->count &&
            load->orders[load->posted].due_us <= at_us)
            post(load, connection);
        else if (connection->looks && load->heap_count > 0 &&
                 load->orders[load->heap[0]].look_us <= at_us)
            look(load, connection);
    }
    if (load->posted < load->count && load->orders[load->posted].due_us > at_us &&
        load->orders[load->posted].due_us < next_us)
        next_us = load->orders[load->posted].due_us;
    if (load->heap_count > 0 && load->orders[load->heap[0]].look_us > at_us &&
        load->orders[load->heap[0]].look_us < next_us)
        next_us = load->orders[load->heap[0]].look_us;
    return next_us;
}

static void wait_until(struct load *load, int64_t until_us)
{
    struct pollfd fds[CONNECTIONS];
    struct connection *owners[CONNECTIONS];
    nfds_t count = 0;

    for (int i = 0; i < CONNECTIONS; i++)
        if (load->connections[i].order >= 0) {
            owners[count] = &load->connections[i];
            fds[count++] = (struct pollfd){ .fd = load->connections[i].fd, .events = POLLIN };
        }
    int64_t wait_us = until_us - now_us();
    struct timespec timeout = { wait_us > 0 ? wait_us / 1000000 : 0,
                                wait_us > 0 ? wait_us % 1000000 * 1000 : 0 };
    if (ppoll(fds, count, &timeout, NULL) < 0 && errno != EINTR)
        die("ppoll");
    for (nfds_t i = 0; i < count; i++)
        if (fds[i].revents != 0)
            receive(load, owners[i]);
}

/* What came later may have put an order back. */
static void look_at_all(struct load *load)
{
    usleep(SETTLE_US);
    load->last_look = true;
    load->heap_count = 0;
    for (int i = 0; i < load->posted; i++)
        if (load->orders[i].id[0] != '\0') {
            load->orders[i].look_us = i;
            heap_push(load, i);
        }
    for (int busy = 1; busy > 0;) {
        wait_until(load, send_due(load));
        busy = load->heap_count;
        for (int i = 0; i < CONNECTIONS; i++)
            busy += load->connections[i].order >= 0;
    }
}

static bool goes_on(const struct load *load)
{
    int64_t at_us = now_us();
    bool stalls = load->posted == load->count && at_us - load->last_done_us > STALL_US;

    return load->done < load->count && at_us < load->end_us && !stalls;
}

static void print(const struct load *load)
{
    for (int i = 0; i < load->count; i++) {
        const struct order *order = &load->orders[i];
        printf("%lld %lld %s\n",
               order->accepted_us == NOT_SEEN ? -1LL
                                              : (long long)(order->accepted_us - order->due_us),
               order->done_us == NOT_SEEN ? -1LL : (long long)(order->done_us - order->due_us),
               order->status[0] != '\0' ? order->status : "-");
    }
}

int main(int argc, char **argv)
{
    struct load load = { 0 };

    if (argc != 6) {
        fprintf(stderr, "usage: orders_load PORT COUNT INTERVAL_US TIMEOUT_S SEED\n");
        return 2;
    }
    load.port = atoi(argv[1]);
    load.count = atoi(argv[2]);
    load.interval_us = atoll(argv[3]);
    load.random = strtoull(argv[5], NULL, 10) * 2 + 1;
    load.orders = calloc((size_t)load.count, sizeof *load.orders);
    load.heap = calloc((size_t)load.count, sizeof *load.heap);
    if (load.orders == NULL || load.heap == NULL)
        die("calloc");
    for (int i = 0; i < CONNECTIONS; i++) {
        load.connections[i] =
            (struct connection){ .fd = -1, .order = -1, .looks = i >= POST_CONNECTIONS };
        open_connection(&load, &load.connections[i]);
    }
    int64_t start_us = now_us() + 10000;
    for (int i = 0; i < load.count; i++)
        load.orders[i] = (struct order){ .due_us = start_us + i * load.interval_us,
                                         .accepted_us = NOT_SEEN,
                                         .done_us = NOT_SEEN };
    load.end_us = start_us + atoll(argv[4]) * 1000000;
    load.last_done_us = load.orders[load.count - 1].due_us;
    while (goes_on(&load))
        wait_until(&load, send_due(&load));
    look_at_all(&load);
    print(&load);
    return load.done == load.count ? 0 : 1;
}

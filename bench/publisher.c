/* Publishes sales of many carts over one connection, at a rate or as fast as they are acknowledged.
 *
 * Each event carries the key `sent_ns` (CLOCK_MONOTONIC), which the bridge passes on as every
 * unknown key; consumer.c reads it. At most WINDOW messages are without the bridge's own
 * acknowledgement, so the broker's queue stays short and the bridge sets the pace.
 *
 * Usage: publisher PORT CARTS EVENTS_PER_S SECONDS EVENTS_PER_MESSAGE   (0 a second: no limit)
 * Prints one line of JSON: what was sent and acknowledged, and in how many seconds. */
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define CARTS_MAX     1000
#define WINDOW        1500
#define EVENT_MAX     400
#define CONNECT_LOOKS 50000
#define DRAIN_S       30
#define IDLE_NS       200000 /* between looks at the clock and the window */
#define SECOND_NS     1000000000LL
#define CART_FORMAT   "BENCH%03d"

struct load {
    struct mosquitto *client;
    char epoch[33];
    int carts, batch;
    int64_t sent[CARTS_MAX];          /* the last number of each cart; the main thread's */
    _Atomic int64_t acked[CARTS_MAX]; /* written by the network thread */
    _Atomic int64_t acked_total;
    int64_t sent_total;
    atomic_bool connected;
};

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void wait_ns(int64_t ns)
{
    nanosleep(&(struct timespec){ .tv_nsec = ns }, NULL);
}

static void on_connect(struct mosquitto *client, void *owner, int result)
{
    struct load *load = owner;

    if (result != 0)
        return;
    mosquitto_subscribe(client, NULL, "carrito/v1/+/ack", 0);
    atomic_store(&load->connected, true);
}

/* {"epoch":"…","seq":N}: every event of the cart up to N is in Kafka. */
static void on_message(struct mosquitto *client, void *owner,
                       const struct mosquitto_message *message)
{
    struct load *load = owner;
    char text[128] = "";
    int cart;

    (void)client;
    if (message->payloadlen <= 0 || (size_t)message->payloadlen >= sizeof text ||
        sscanf(message->topic, "carrito/v1/" CART_FORMAT "/ack", &cart) != 1 || cart >= load->carts)
        return;
    memcpy(text, message->payload, (size_t)message->payloadlen);
    const char *seq = strstr(text, "\"seq\":");
    if (seq == NULL || strstr(text, load->epoch) == NULL)
        return;
    int64_t upto = strtoll(seq + strlen("\"seq\":"), NULL, 10);
    int64_t before = atomic_load(&load->acked[cart]);
    if (upto > before) {
        atomic_store(&load->acked[cart], upto);
        atomic_fetch_add(&load->acked_total, upto - before);
    }
}

static size_t append_event(struct load *load, int cart, char *text)
{
    int64_t seq = ++load->sent[cart];
    int64_t wall_ms = clock_ns(CLOCK_REALTIME) / 1000000;

    load->sent_total++;
    return (size_t)snprintf(
        text, EVENT_MAX,
        "{\"v\":1,\"type\":\"sale\",\"cart\":\"" CART_FORMAT "\",\"epoch\":\"%s\",\"seq\":%lld,"
        "\"ts_ms\":%lld,\"clock\":\"ntp\",\"receipt\":%lld,\"client\":\"Client %lld\","
        "\"quantity\":%lld,\"amount\":1500,\"sent_ns\":%lld}\n",
        cart, load->epoch, (long long)seq, (long long)wall_ms, (long long)seq,
        (long long)(seq % 50), (long long)(1 + seq % 5), (long long)clock_ns(CLOCK_MONOTONIC));
}

static void send_message(struct load *load, int cart)
{
    static char text[64 * EVENT_MAX];
    char topic[64], correlation[64];
    mosquitto_property *properties = NULL;
    size_t length = 0;

    for (int i = 0; i < load->batch; i++)
        length += append_event(load, cart, text + length);
    snprintf(topic, sizeof topic, "carrito/v1/" CART_FORMAT "/events", cart);
    int written = snprintf(correlation, sizeof correlation, "%s:%lld", load->epoch,
                           (long long)load->sent[cart]);
    mosquitto_property_add_binary(&properties, MQTT_PROP_CORRELATION_DATA, correlation,
                                  (uint16_t)written);
    mosquitto_publish_v5(load->client, NULL, topic, (int)length, text, 1, false, properties);
    mosquitto_property_free_all(&properties);
}

static bool window_is_open(const struct load *load)
{
    return load->sent_total - load->acked_total < (int64_t)WINDOW * load->batch;
}

/* Returns the nanoseconds from the first message to the last acknowledgement. */
static int64_t run(struct load *load, int64_t rate, int64_t seconds)
{
    int64_t start = clock_ns(CLOCK_MONOTONIC), end = start + seconds * SECOND_NS, now;
    int cart = 0;

    while ((now = clock_ns(CLOCK_MONOTONIC)) < end) {
        int64_t due =
            rate == 0 ? INT64_MAX : (int64_t)((double)(now - start) * 1e-9 * (double)rate);
        if (load->sent_total + load->batch > due || !window_is_open(load)) {
            wait_ns(IDLE_NS);
            continue;
        }
        send_message(load, cart);
        cart = (cart + 1) % load->carts;
    }
    while (load->acked_total < load->sent_total &&
           clock_ns(CLOCK_MONOTONIC) < end + DRAIN_S * SECOND_NS)
        wait_ns(IDLE_NS);
    return clock_ns(CLOCK_MONOTONIC) - start;
}

static bool open_client(struct load *load, int port)
{
    unsigned char random[16];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return false;
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(load->epoch + 2 * i, 3, "%02x", random[i]);
    mosquitto_lib_init();
    load->client = mosquitto_new(NULL, true, load);
    if (load->client == NULL)
        return false;
    mosquitto_int_option(load->client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(load->client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_max_inflight_messages_set(load->client, WINDOW);
    mosquitto_connect_callback_set(load->client, on_connect);
    mosquitto_message_callback_set(load->client, on_message);
    if (mosquitto_connect(load->client, "127.0.0.1", port, 30) != MOSQ_ERR_SUCCESS)
        return false;
    mosquitto_loop_start(load->client);
    for (int i = 0; i < CONNECT_LOOKS && !load->connected; i++)
        wait_ns(IDLE_NS);
    wait_ns(SECOND_NS / 5); /* the subscription stands */
    return load->connected;
}

int main(int argc, char **argv)
{
    static struct load load;

    if (argc != 6) {
        fputs("usage: publisher PORT CARTS EVENTS_PER_S SECONDS EVENTS_PER_MESSAGE\n", stderr);
        return 2;
    }
    load.carts = atoi(argv[2]);
    load.batch = atoi(argv[5]);
    if (load.carts < 1 || load.carts > CARTS_MAX || load.batch < 1 || load.batch > 64)
        return 2;
    if (!open_client(&load, atoi(argv[1])))
        return 1;
    int64_t ns = run(&load, atoll(argv[3]), atoll(argv[4]));
    printf("{\"sent\":%lld,\"acked\":%lld,\"seconds\":%.3f}\n", (long long)load.sent_total,
           (long long)load.acked_total, (double)ns * 1e-9);
    mosquitto_disconnect(load.client);
    mosquitto_loop_stop(load.client, true);
    mosquitto_destroy(load.client);
    return load.acked_total == load.sent_total ? 0 : 1;
}

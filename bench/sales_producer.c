/* Produces sales or positions of many carts to Kafka, at a rate or (0) as fast as it takes them.
 *
 * Usage: sales_producer BROKERS sale|location CARTS COUNT EVENTS_IN_A_ROW FIRST_SEQ EVENTS_PER_S */
#include "sales_event.h"

#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FLUSH_MS 120000
#define POLL_MS  100

struct kind {
    const char *name, *topic;
    int (*write)(char text[SALES_EVENT_MAX], int cart, int64_t seq, int64_t ts_ms);
};

static const struct kind kinds[] = {
    { "sale", "carrito.sales", sales_event },
    { "location", "carrito.locations", location_event },
};

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void produce(rd_kafka_t *kafka, const struct kind *kind, int cart, int64_t seq)
{
    char key[16], text[SALES_EVENT_MAX];
    int key_length = snprintf(key, sizeof key, SALES_CART, cart);
    int length = kind->write(text, cart, seq, clock_ms(CLOCK_REALTIME));

    while (rd_kafka_producev(
               kafka, RD_KAFKA_V_TOPIC(kind->topic), RD_KAFKA_V_KEY(key, (size_t)key_length),
               RD_KAFKA_V_VALUE(text, (size_t)length), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
               RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        rd_kafka_poll(kafka, POLL_MS);
    rd_kafka_poll(kafka, 0);
}

static rd_kafka_t *open_kafka(const char *brokers)
{
    const char *const pairs[][2] = {
        { "bootstrap.servers", brokers },    { "compression.codec", "lz4" },
        { "partitioner", "murmur2_random" }, { "allow.auto.create.topics", "false" },
        { "enable.idempotence", "true" },    { "linger.ms", "20" }
    };
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[256] = "";

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (rd_kafka_conf_set(conf, pairs[i][0], pairs[i][1], why, sizeof why) != RD_KAFKA_CONF_OK)
            fprintf(stderr, "sales_producer: %s\n", why);
    return rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
}

/* Returns once event `n` is due. */
static void wait_turn(rd_kafka_t *kafka, int64_t n, int64_t rate, int64_t start_ms)
{
    while (rate > 0 && clock_ms(CLOCK_MONOTONIC) - start_ms < n * 1000 / rate)
        rd_kafka_poll(kafka, 1);
}

int main(int argc, char **argv)
{
    if (argc != 8) {
        fputs("usage: sales_producer BROKERS sale|location CARTS COUNT EVENTS_IN_A_ROW FIRST_SEQ "
              "EVENTS_PER_S\n",
              stderr);
        return 2;
    }
    const struct kind *kind = &kinds[strcmp(argv[2], "location") == 0];
    int carts = atoi(argv[3]), run = atoi(argv[5]);
    int64_t count = atoll(argv[4]), first_seq = atoll(argv[6]), rate = atoll(argv[7]);
    int64_t start_ms = clock_ms(CLOCK_MONOTONIC);
    rd_kafka_t *kafka = open_kafka(argv[1]);

    if (kafka == NULL || carts < 1 || run < 1)
        return 1;
    for (int64_t n = 0; n < count; n++) {
        int64_t number;
        int cart;
        sales_turn(n, carts, run, &cart, &number);
        wait_turn(kafka, n, rate, start_ms);
        produce(kafka, kind, cart, first_seq + number);
    }
    int status = rd_kafka_flush(kafka, FLUSH_MS) == RD_KAFKA_RESP_ERR_NO_ERROR ? 0 : 1;
    rd_kafka_destroy(kafka);
    return status;
}

/* Produces sales of many carts to Kafka as fast as it takes them: the backlog of a collector.
 *
 * Usage: sales_producer BROKERS CARTS COUNT EVENTS_IN_A_ROW FIRST_SEQ */
#include "sales_event.h"

#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <time.h>

#define FLUSH_MS 120000
#define POLL_MS  100

static int64_t wall_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void produce(rd_kafka_t *kafka, int cart, int64_t seq)
{
    char key[16], text[SALES_EVENT_MAX];
    int key_length = snprintf(key, sizeof key, SALES_CART, cart);
    int length = sales_event(text, cart, seq, wall_ms());

    while (rd_kafka_producev(
               kafka, RD_KAFKA_V_TOPIC("carrito.sales"), RD_KAFKA_V_KEY(key, (size_t)key_length),
               RD_KAFKA_V_VALUE(text, (size_t)length), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
               RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        rd_kafka_poll(kafka, POLL_MS);
    rd_kafka_poll(kafka, 0);
}

static rd_kafka_t *open_kafka(const char *brokers)
{
    const char *const pairs[][2] = { { "bootstrap.servers", brokers },
                                     { "compression.codec", "lz4" },
                                     { "partitioner", "murmur2_random" },
                                     { "enable.idempotence", "true" },
                                     { "linger.ms", "20" } };
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[256] = "";

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (rd_kafka_conf_set(conf, pairs[i][0], pairs[i][1], why, sizeof why) != RD_KAFKA_CONF_OK)
            fprintf(stderr, "sales_producer: %s\n", why);
    return rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fputs("usage: sales_producer BROKERS CARTS COUNT EVENTS_IN_A_ROW FIRST_SEQ\n", stderr);
        return 2;
    }
    int carts = atoi(argv[2]), run = atoi(argv[4]);
    int64_t count = atoll(argv[3]), first_seq = atoll(argv[5]);
    rd_kafka_t *kafka = open_kafka(argv[1]);

    if (kafka == NULL || carts < 1 || run < 1)
        return 1;
    for (int64_t n = 0; n < count; n++) {
        int64_t number;
        int cart;
        sales_turn(n, carts, run, &cart, &number);
        produce(kafka, cart, first_seq + number);
    }
    int status = rd_kafka_flush(kafka, FLUSH_MS) == RD_KAFKA_RESP_ERR_NO_ERROR ? 0 : 1;
    rd_kafka_destroy(kafka);
    return status;
}

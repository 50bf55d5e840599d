/* The producer and its thread. A producer that has had a fatal error is replaced: what it had is
 * reported as not confirmed, and waits in the store then. */
#include "collector/kafka/kafka_out.h"
#include "collector/base/pulse.h"

#include "common/clock.h"
#include "common/kafka_conf.h"
#include "common/kafka_headers.h"
#include "common/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POLL_MS  100
#define PURGE_MS 1000

struct kafka_out {
    struct kafka_out_options options;
    pthread_t thread;
    pthread_rwlock_t lock; /* over the producer: senders share it, a replacement has it alone */
    rd_kafka_t *producer;  /* NULL: none can be had now */
    rd_kafka_topic_t *topic;
    _Atomic int64_t away_until_ms; /* monotonic */
    atomic_bool stop;
};

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque)
{
    struct kafka_out *out = opaque;
    bool confirmed = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;

    (void)client;
    if (!confirmed) {
        log_warn("kafka_out", "not confirmed, goes to the store", "topic=%s error=%s",
                 out->options.topic, rd_kafka_err2str(message->err));
        atomic_store(&out->away_until_ms, clock_mono_ms() + KAFKA_OUT_AWAY_MS);
    }
    out->options.reported(message->_private, confirmed);
}

/* A pair a line. */
/* clang-format off */
static const char *const own_settings[] = {
    "message.timeout.ms", "3000", /* KAFKA_OUT_MS */
    "queue.buffering.max.messages", "20000",
    "queue.buffering.max.kbytes", "16384",
    NULL,
};
/* clang-format on */

static rd_kafka_conf_t *make_conf(struct kafka_out *out)
{
    const char *const *const parts[] = { kafka_producer_settings, own_settings, NULL };
    rd_kafka_conf_t *conf = kafka_conf_of(out->options.brokers, out->options.pairs, parts);

    if (conf == NULL)
        return NULL;
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_opaque(conf, out);
    return conf;
}

static bool open_producer(struct kafka_out *out)
{
    out->producer = kafka_client_new(RD_KAFKA_PRODUCER, make_conf(out), "kafka_out");
    if (out->producer == NULL)
        return false;
    /* With the topic known from the start, the first order does not wait for its leader. */
    out->topic = rd_kafka_topic_new(out->producer, out->options.topic, NULL);
    return out->topic != NULL;
}

/* Every record is reported before. */
static void close_producer(struct kafka_out *out)
{
    if (out->producer == NULL)
        return;
    rd_kafka_purge(out->producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(out->producer, PURGE_MS);
    if (out->topic != NULL)
        rd_kafka_topic_destroy(out->topic);
    rd_kafka_destroy(out->producer);
    out->producer = NULL;
    out->topic = NULL;
}

static void replace_if_fatal(struct kafka_out *out)
{
    char why[256];

    if (out->producer != NULL &&
        rd_kafka_fatal_error(out->producer, why, sizeof why) == RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    pthread_rwlock_wrlock(&out->lock);
    if (out->producer != NULL)
        log_warn("kafka_out", "the producer is replaced after a fatal error", "error=%s", why);
    close_producer(out);
    open_producer(out);
    pthread_rwlock_unlock(&out->lock);
}

static void *run(void *argument)
{
    struct kafka_out *out = argument;

    pulse_begin("kafka out");
    for (; !atomic_load(&out->stop); pulse_beat()) {
        if (out->producer != NULL)
            rd_kafka_poll(out->producer, POLL_MS);
        else
            nanosleep(&(struct timespec){ .tv_nsec = POLL_MS * 1000000L }, NULL);
        replace_if_fatal(out);
    }
    if (out->producer != NULL)
        rd_kafka_flush(out->producer, PURGE_MS);
    return NULL;
}

struct kafka_out *kafka_out_open(const struct kafka_out_options *options)
{
    struct kafka_out *out = calloc(1, sizeof *out);

    if (out == NULL)
        abort();
    out->options = *options;
    pthread_rwlock_init(&out->lock, NULL);
    if (open_producer(out) && pthread_create(&out->thread, NULL, run, out) == 0)
        return out;
    close_producer(out);
    pthread_rwlock_destroy(&out->lock);
    free(out);
    return NULL;
}

void kafka_out_stop(struct kafka_out *out)
{
    if (out == NULL || atomic_exchange(&out->stop, true))
        return;
    pthread_join(out->thread, NULL);
    pthread_rwlock_wrlock(&out->lock);
    close_producer(out);
    pthread_rwlock_unlock(&out->lock);
}

void kafka_out_close(struct kafka_out *out)
{
    if (out == NULL)
        return;
    kafka_out_stop(out);
    pthread_rwlock_destroy(&out->lock);
    free(out);
}

static rd_kafka_headers_t *make_headers(const struct kafka_out *out, const char *id)
{
    return kafka_headers_new(&(struct wire_envelope){
        .id = id, .type = out->options.type, .origin = WIRE_ORIGIN_CENTRE });
}

static bool produce(struct kafka_out *out, const struct kafka_out_record *record, void *owner)
{
    rd_kafka_headers_t *headers = make_headers(out, record->id);
    rd_kafka_resp_err_t error = rd_kafka_producev(
        out->producer, RD_KAFKA_V_RKT(out->topic), RD_KAFKA_V_KEY(record->id, strlen(record->id)),
        RD_KAFKA_V_VALUE((void *)(uintptr_t)record->value, record->value_length),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(owner), RD_KAFKA_V_END);

    if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
        return true; /* the headers are the library's now */
    rd_kafka_headers_destroy(headers);
    return false;
}

bool kafka_out_send(struct kafka_out *out, const struct kafka_out_record *record, void *owner)
{
    if (atomic_load(&out->stop) || clock_mono_ms() < atomic_load(&out->away_until_ms))
        return false;
    pthread_rwlock_rdlock(&out->lock);
    bool taken = out->producer != NULL && produce(out, record, owner);
    pthread_rwlock_unlock(&out->lock);
    return taken;
}

/* The thread behind the table `outgoing`: read → produce → wait for the reports → delete. */
#include "collector/kafka/outgoing_sender.h"
#include "collector/background.h"
#include "collector/pulse.h"
#include "collector/store/store.h"
#include "collector/store/wake.h"

#include "outgoing_sql.h"

#include "common/clock.h"
#include "common/kafka_conf.h"
#include "common/kafka_headers.h"
#include "common/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX    500 /* as the statement outgoing_read has it */
#define DELETE_ROWS 64  /* in one transaction: some tenths of a millisecond */
#define LOOK_MS     100 /* between two looks at the table, where nobody wakes it */
#define REPORT_MS   100
#define RETRY_MS    1000
#define PURGE_MS    1000

struct row {
    char *id, *topic, *key, *value, *error, *source, *type;
    size_t key_length, value_length;
    int32_t partition; /* RD_KAFKA_PARTITION_UA: the key's */
    bool delivered;
};

struct outgoing_sender {
    struct outgoing_sender_options options;
    pthread_t thread;
    atomic_bool stop;
    rd_kafka_t *producer;
    struct store *store;
    struct row rows[ROWS_MAX];
    size_t count, reported;
};

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque)
{
    struct outgoing_sender *sender = opaque;
    struct row *row = message->_private;

    (void)client;
    sender->reported++;
    row->delivered = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
    if (!row->delivered)
        log_warn("outgoing", "not delivered, will be sent again", "topic=%s id=%s error=%s",
                 row->topic, row->id, rd_kafka_err2str(message->err));
}

static bool open_producer(struct outgoing_sender *sender)
{
    rd_kafka_conf_t *conf =
        kafka_conf_new(sender->options.brokers, sender->options.pairs, kafka_producer_settings);

    if (conf == NULL)
        return false;
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_opaque(conf, sender);
    sender->producer = kafka_client_new(RD_KAFKA_PRODUCER, conf, "outgoing");
    return sender->producer != NULL;
}

static void close_producer(struct outgoing_sender *sender)
{
    if (sender->producer == NULL)
        return;
    rd_kafka_purge(sender->producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(sender->producer, PURGE_MS);
    rd_kafka_destroy(sender->producer);
    sender->producer = NULL;
}

static char *copy_bytes(struct store_rows *rows, int column, size_t *length)
{
    const void *bytes = store_bytes(rows, column, length);
    bool is_null = store_is_null(rows, column);
    char *own = is_null ? NULL : malloc(*length + 1);

    if (own == NULL && !is_null)
        abort();
    if (own != NULL && *length > 0)
        memcpy(own, bytes, *length);
    return own;
}

static void free_rows(struct outgoing_sender *sender)
{
    for (size_t i = 0; i < sender->count; i++) {
        struct row *row = &sender->rows[i];
        char *const texts[] = { row->id,    row->topic,  row->key, row->value,
                                row->error, row->source, row->type };
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            free(texts[k]);
    }
    sender->count = sender->reported = 0;
}

static void read_rows(struct outgoing_sender *sender)
{
    struct store_rows *rows = store_query(sender->store, SQL_OUTGOING_READ, "");

    while (sender->count < ROWS_MAX && store_next(rows)) {
        struct row *row = &sender->rows[sender->count++];
        *row = (struct row){ .id = store_text_copy(rows, 0),
                             .topic = store_text_copy(rows, 1),
                             .error = store_text_copy(rows, 4),
                             .source = store_text_copy(rows, 5),
                             .type = store_text_copy(rows, 6) };
        row->partition =
            store_is_null(rows, 8) ? RD_KAFKA_PARTITION_UA : (int32_t)store_int(rows, 8);
        row->key = copy_bytes(rows, 2, &row->key_length);
        row->value = copy_bytes(rows, 3, &row->value_length);
    }
    store_rows_end(rows);
    store_rollback(sender->store);
}

static rd_kafka_headers_t *headers_of(const struct row *row)
{
    return kafka_headers_new(&(struct wire_envelope){ .id = row->id,
                                                      .type = row->type,
                                                      .origin = WIRE_ORIGIN_CENTRE,
                                                      .error = row->error,
                                                      .source = row->source });
}

/* Done, or try later: what was not taken is read again. What no producer would ever take, a dead
 * letter longer than a record may be, is let go: it is still where its `source` says. */
static bool produce(struct outgoing_sender *sender, struct row *row)
{
    rd_kafka_headers_t *headers = headers_of(row);
    rd_kafka_resp_err_t error = rd_kafka_producev(
        sender->producer, RD_KAFKA_V_TOPIC(row->topic), RD_KAFKA_V_PARTITION(row->partition),
        RD_KAFKA_V_KEY(row->key, row->key_length), RD_KAFKA_V_VALUE(row->value, row->value_length),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(row), RD_KAFKA_V_END);

    if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
        return true; /* the headers are the library's now */
    rd_kafka_headers_destroy(headers);
    if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
        log_error("outgoing", "too long to be sent, let go", "topic=%s id=%s bytes=%zu", row->topic,
                  row->id, row->value_length);
        row->delivered = true;
        sender->reported++;
        return true;
    }
    log_warn("outgoing", "not taken by the producer", "topic=%s id=%s error=%s", row->topic,
             row->id, rd_kafka_err2str(error));
    return false;
}

/* Deletes what is delivered of the rows from `first` on, DELETE_ROWS at most: others wait to write.
 * False where the store could not. */
static bool delete_some(struct outgoing_sender *sender, size_t first)
{
    store_begin(sender->store);
    for (size_t i = first; i < sender->count && i < first + DELETE_ROWS; i++)
        if (sender->rows[i].delivered)
            store_run(sender->store, SQL_OUTGOING_DELETE, "t", sender->rows[i].id);
    return store_commit(sender->store) == STORE_OK;
}

/* True where that was all of them, and the store could do it. */
static bool delete_delivered(struct outgoing_sender *sender)
{
    size_t delivered = 0;
    bool good = true;

    for (size_t i = 0; i < sender->count; i++)
        delivered += sender->rows[i].delivered;
    if (delivered == 0)
        return false;
    for (size_t first = 0; good && first < sender->count; first += DELETE_ROWS)
        good = delete_some(sender, first);
    return good && delivered == sender->count;
}

/* Sends what is there; false where there was nothing, or not all of it could be sent. */
static bool send_some(struct outgoing_sender *sender)
{
    size_t produced = 0;

    read_rows(sender);
    if (sender->count == 0)
        return false;
    while (produced < sender->count && produce(sender, &sender->rows[produced]))
        produced++;
    while (sender->reported < produced && !atomic_load(&sender->stop) &&
           rd_kafka_fatal_error(sender->producer, NULL, 0) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_poll(sender->producer, REPORT_MS);
        pulse_beat(); /* Kafka may be away for days */
    }
    /* Reports point at the rows, so the producer goes before them. */
    if (sender->reported < sender->count)
        close_producer(sender);
    bool all = delete_delivered(sender);
    free_rows(sender);
    return all;
}

static struct store *open_store(struct outgoing_sender *sender)
{
    struct store *store = store_open(sender->options.store_url, STORE_REPEATABLE);

    if (store != NULL)
        store_set_wake(store, sender->options.wake);
    return store;
}

static void *run(void *argument)
{
    struct outgoing_sender *sender = argument;

    background_enter();
    pulse_begin("outgoing");
    for (; !atomic_load(&sender->stop); pulse_beat()) {
        if (sender->store == NULL)
            sender->store = open_store(sender);
        if (sender->producer == NULL && !open_producer(sender))
            break;
        if (sender->store == NULL)
            clock_pause_ms(RETRY_MS);
        else if (!send_some(sender))
            wake_wait(sender->options.wake, WAKE_OUTGOING, LOOK_MS);
    }
    close_producer(sender);
    store_close(sender->store);
    return NULL;
}

struct outgoing_sender *outgoing_sender_start(const struct outgoing_sender_options *options)
{
    struct outgoing_sender *sender = calloc(1, sizeof *sender);

    if (sender == NULL)
        abort();
    sender->options = *options;
    if (pthread_create(&sender->thread, NULL, run, sender) != 0)
        abort();
    return sender;
}

void outgoing_sender_stop(struct outgoing_sender *sender)
{
    if (sender == NULL)
        return;
    atomic_store(&sender->stop, true);
    wake_call(sender->options.wake, WAKE_OUTGOING);
}

void outgoing_sender_join(struct outgoing_sender *sender)
{
    if (sender == NULL)
        return;
    pthread_join(sender->thread, NULL);
    free(sender);
}

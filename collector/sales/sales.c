/* The role `sales`: what each cart sold on each day, exactly once (contract, section 5).
 *
 * An event is stored under its identity (cart, epoch, seq) with a hash of its bytes. Where the
 * identity is there already, the same hash is a repetition and is counted; another one is a
 * conflict and is set aside. What is new changes the sums of its day. */
#include "collector/base/hash.h"
#include "collector/engine/event_time.h"
#include "collector/engine/role.h"
#include "collector/people/people.h"
#include "collector/sales/closed_days.h"
#include "collector/sales/day_report.h"
#include "collector/sales/receipt_gaps.h"
#include "collector/sales/sales_alerts.h"
#include "collector/sales/sales_batch.h"
#include "collector/sales/sales_boots.h"
#include "collector/sales/sales_close.h"
#include "collector/sales/sales_day.h"
#include "collector/sales/sales_order.h"
#include "collector/sales/sales_words.h"

#include "sales_sql.h"

#include "common/day.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/text.h"
#include "common/wire_kafka.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sales {
    struct sales_batch *batch;
    struct day_cache days;
    struct day_cache closes; /* of Kafka's time less the grace: the day before it is closed */
    struct bad_clocks bad_clocks;
    struct closed_days closed;
    struct erased erased;
    struct client_names names; /* how clients are written down */
    char *clients_key;         /* of those */
    struct day_closer *closer;
    const struct settings *settings;
    struct store *store; /* of the batch in hand */
    int64_t now_ms;
    int64_t words_ms;                      /* when words of carts are looked at again */
    int64_t first_ms;                      /* Kafka's time when we first knew it; 0: not yet */
    int64_t new_duplicates, new_conflicts; /* for the metrics, once they are in the store */
};

/* An event with what is known of it. */
struct fact {
    struct event event;
    struct source *source;
    int32_t day;
    int64_t hash;
    int32_t part;      /* its partition */
    int64_t offset;    /* in it */
    int64_t append_ms; /* Kafka's time */
    int64_t when_ms;   /* its own time where that can be believed, or its boot's says it */
    enum event_time time;
    bool is_dated;            /* when_ms is for good: a clock event moves it no more */
    struct person_key hidden; /* its client as it was said, where that is not kept */
};

static struct metric duplicates = {
    .name = "carrito_duplicates_total",
    .help = "Events that were stored already, with the same bytes.",
    .type = METRIC_COUNTER,
};
static struct metric conflicts = {
    .name = "carrito_set_aside_total",
    .help = "Events set aside for a person to look at.",
    .type = METRIC_COUNTER,
    .labels = "reason=\"identity-conflict\"",
};

static void *open_sales(const struct settings *settings)
{
    struct sales *sales = calloc(1, sizeof *sales);

    if (sales == NULL)
        abort();
    sales->settings = settings;
    sales->batch = sales_batch_open();
    sales->closer = day_closer_open(settings);
    sales->clients_key =
        client_names_open(settings->clients, settings->clients_keyfile, &sales->names);
    metric_register(&duplicates);
    metric_register(&conflicts);
    return sales;
}

static void close_sales(void *state)
{
    struct sales *sales = state;

    sales_batch_close(sales->batch);
    day_closer_free(sales->closer);
    closed_days_free(&sales->closed);
    erased_free(&sales->erased);
    config_free_secret(sales->clients_key);
    bad_clocks_forget(&sales->bad_clocks);
    free(sales);
}

/* Between transactions, what has been counted and not forgotten is in the store. */
static void watch(void *state, struct store *store)
{
    struct sales *sales = state;

    (void)store;
    metric_add(&duplicates, sales->new_duplicates);
    metric_add(&conflicts, sales->new_conflicts);
    sales->new_duplicates = sales->new_conflicts = 0;
}

static void begin(void *state, struct store *store, int64_t now_ms)
{
    struct sales *sales = state;

    watch(state, store);
    sales->store = store;
    sales->now_ms = now_ms;
    closed_days_read(&sales->closed, store);
    bad_clocks_read(&sales->bad_clocks, store);
    erased_read(&sales->erased, store);
}

static void end(void *state)
{
    struct sales *sales = state;

    sales_batch_write(sales->batch, sales->store);
}

static void forget(void *state)
{
    struct sales *sales = state;

    sales_batch_forget(sales->batch);
    day_closer_forget(sales->closer);
    bad_clocks_forget(&sales->bad_clocks);
    sales->new_duplicates = sales->new_conflicts = 0;
    sales->words_ms = 0;
}

/* The record's text, without a client's name that is not kept. The caller frees it. */
static char *text_without(const struct fact *fact, const struct kafka_record *record)
{
    struct buffer text = { 0 };

    person_replace(record->value, record->value_length, fact->hidden.text, &fact->hidden, &text);
    return text.bytes;
}

/* As the guild writes clients down; and one who was erased is the pseudonym, however late the sale
 * comes. */
static void hide_client(const struct sales *sales, struct fact *fact)
{
    char *client = fact->event.client;
    struct person_key *hidden = &fact->hidden;

    hidden->kind = PERSON_CLIENT;
    text_put(hidden->text, sizeof hidden->text, client);
    client_name_apply(&sales->names, client, sizeof fact->event.client);
    const struct erased_person *person = erased_find(&sales->erased, PERSON_CLIENT, client);
    if (person != NULL)
        text_put(client, sizeof fact->event.client, person->pseudonym);
    if (strcmp(client, hidden->text) == 0)
        hidden->text[0] = '\0';
    snprintf(hidden->pseudonym, sizeof hidden->pseudonym, "%.*s", CLIENT_PSEUDONYM_LENGTH, client);
}

/* The same identity once more: a repetition, or another content. */
static void meet_again(struct sales *sales, struct fact *fact, const struct kafka_record *record)
{
    const struct event *event = &fact->event;
    struct store_rows *rows =
        store_query(sales->store, SQL_RECEIPT_HASH, "ii", fact->source->number, event->seq);
    bool same = store_next(rows) && store_int(rows, 0) == fact->hash;
    char id[160], *text;

    store_rows_end(rows);
    if (same) {
        fact->source->duplicates++;
        sales->new_duplicates++;
        return;
    }
    text = text_without(fact, record);
    /* By content, so that a conflict that is sent again is set aside once. */
    snprintf(id, sizeof id, "%s-%s-%lld-%016llx", event->cart, event->epoch, (long long)event->seq,
             (unsigned long long)fact->hash);
    store_run(sales->store, SQL_SET_ASIDE_INSERT, "tittitt", id, sales->now_ms, event->cart,
              event->epoch, event->seq, "identity-conflict", text);
    if (store_changed(sales->store) == 1) {
        fact->source->set_aside++;
        sales->new_conflicts++;
        sales_tell_conflict(sales->store, sales->settings, event, record->append_ms);
        log_warn("sales", "two contents under one identity, the later one is set aside",
                 "cart=%s epoch=%s seq=%lld", event->cart, event->epoch, (long long)event->seq);
    }
    free(text);
}

/* Stores the event under its identity; false where it was there. What is above all of its source
 * is new, and is stored with the batch: in the order of the table, which a backlog's is not. */
static bool insert(struct sales *sales, const struct fact *fact)
{
    const struct event *event = &fact->event;
    const struct receipt receipt = {
        .source = fact->source->number,
        .seq = event->seq,
        .hash = fact->hash,
        .kind = (int64_t)event->type,
        .day = fact->day,
        .ts_ms = fact->is_dated ? fact->when_ms : event->ts_ms,
        .receipt = event->receipt,
        .client = event->client[0] != '\0' ? event->client : NULL,
        .quantity = event->quantity,
        .amount = event->amount,
        .stock = event->stock,
        .lat = event->has_position ? event->lat : NAN,
        .lon = event->has_position ? event->lon : NAN,
        .place = fact->offset,
        .delay_ms = sales->now_ms - fact->append_ms,
    };

    if (event->seq > fact->source->highest_seq) {
        sales_batch_keep(sales->batch, &receipt);
        return true;
    }
    sales_batch_store_kept(sales->batch, sales->store);
    return sales_batch_insert(sales->store, &receipt);
}

/* A sale that was taken back at the centre is still in its cart's own sums, until the cart takes it
 * back too. */
static void note_elsewhere(struct sales *sales, const struct source *source, int64_t seq,
                           int64_t void_seq)
{
    store_run(sales->store, void_seq < 0 ? SQL_VOID_ELSEWHERE_INSERT : SQL_VOID_ELSEWHERE_DELETE,
              "ii", source->number, seq);
}

/* Takes the sale with this receipt back; false where there is none yet. Idempotent. The void's seq
 * is negative where it is of another epoch than the sale (desk.h). */
static bool void_sale(struct sales *sales, struct source *source, int64_t receipt, int64_t void_seq)
{
    sales_batch_store_kept(sales->batch, sales->store);
    struct store_rows *rows =
        store_query(sales->store, SQL_SALE_FIND, "iii", source->number, receipt, receipt);

    if (!store_next(rows))
        return false;
    struct sale_effect effect = {
        .source = source,
        .seq = store_int(rows, 0),
        .day = (int32_t)store_int(rows, 1),
        .client = store_text(rows, 2),
        .quantity = store_int(rows, 3),
        .amount = store_is_null(rows, 4) ? EVENT_ABSENT : store_int(rows, 4),
        .receipt = receipt,
        .sign = -1,
        .voided = 1,
    };
    bool is_first = store_is_null(rows, 5);
    if (is_first) {
        sales_batch_add(sales->batch, sales->store, &effect);
        store_run(sales->store, SQL_SALE_VOID, "iii", void_seq, source->number, effect.seq);
    }
    store_rows_end(rows);
    if (is_first == (void_seq < 0))
        note_elsewhere(sales, source, effect.seq, void_seq);
    return true;
}

/* A void that came before its sale has waited for it. */
static void apply_waiting_void(struct sales *sales, const struct fact *fact)
{
    struct store_rows *rows = store_query(sales->store, SQL_WAITING_VOID_FIND, "ii",
                                          fact->source->number, fact->event.receipt);
    int64_t void_seq = store_next(rows) ? store_int(rows, 0) : 0;

    store_rows_end(rows);
    if (void_seq == 0)
        return;
    void_sale(sales, fact->source, fact->event.receipt, void_seq);
    store_run(sales->store, SQL_WAITING_VOID_DELETE, "ii", fact->source->number,
              fact->event.receipt);
}

static void apply_sale(struct sales *sales, struct fact *fact)
{
    const struct event *event = &fact->event;
    struct seen_receipt seen = { .source = fact->source->number,
                                 .receipt = event->receipt,
                                 .day = fact->day,
                                 .now_ms = sales->now_ms,
                                 .cart = event->cart,
                                 .epoch = event->epoch };
    struct sale_effect effect = { .day = fact->day,
                                  .source = fact->source,
                                  .seq = event->seq,
                                  .receipt = event->receipt,
                                  .client = event->client,
                                  .quantity = event->quantity,
                                  .amount = event->amount,
                                  .sign = 1 };

    sales_keep_order(sales->store, event, fact->append_ms);
    sales_batch_add(sales->batch, sales->store, &effect);
    /* The common case, the next receipt, needs no look at the gaps. */
    if (event->receipt == fact->source->highest_receipt + 1)
        fact->source->highest_receipt = event->receipt;
    else
        fact->source->highest_receipt =
            receipt_gaps_see(sales->store, &seen, fact->source->highest_receipt);
    if (fact->source->has_waiting_voids)
        apply_waiting_void(sales, fact);
    /* Asked once for each outbox. Where its member is accepted later, the role `members` ends the
     * alert. */
    if (!fact->source->member_checked && sales->settings->unregistered) {
        sales_tell_stranger(sales->store, sales->settings, event->cart, fact->append_ms);
        fact->source->member_checked = true;
    }
}

/* The epoch of the sale that a void takes back: its own, where it names no other. */
static struct source *source_of_sale(struct sales *sales, const struct fact *fact)
{
    struct event sale = fact->event;

    if (sale.sale_epoch[0] == '\0')
        return fact->source;
    snprintf(sale.epoch, sizeof sale.epoch, "%s", sale.sale_epoch);
    return sales_batch_source(sales->batch, sales->store, &sale);
}

static void apply_void(struct sales *sales, struct fact *fact)
{
    const struct event *event = &fact->event;
    struct source *source = source_of_sale(sales, fact);
    int64_t void_seq = source == fact->source ? event->seq : -event->seq;

    sales_batch_mark(sales->batch, fact->day, fact->source, event->seq);
    if (void_sale(sales, source, event->receipt, void_seq))
        return;
    store_run(sales->store, SQL_WAITING_VOID_INSERT, "iii", source->number, event->receipt,
              void_seq);
    source->has_waiting_voids = true;
}

/* Which days are closed for it: by its own time, and by what its partition has closed. */
static void set_late_days(struct sales *sales, const struct fact *fact)
{
    int64_t grace_ms = sales->settings->close_grace_s * 1000;
    int32_t over = sales_day_at(&sales->closes, fact->append_ms - grace_ms) - 1;
    int32_t closed = closed_days_of(&sales->closed, fact->part);

    sales_batch_late_days(sales->batch, &(struct late_days){ .until = over > closed ? over : closed,
                                                             .some = sales->closed.most });
}

/* When it was, and on which day it counts. */
static void date(struct sales *sales, struct fact *fact)
{
    fact->time = event_time_judge(&fact->event, fact->append_ms);
    fact->is_dated = fact->time == EVENT_TIME_GOOD;
    fact->when_ms =
        fact->is_dated || fact->time == EVENT_TIME_RTC ? fact->event.ts_ms : fact->append_ms;
    if (!fact->is_dated)
        fact->is_dated =
            sales_boot_time(sales->store, &fact->event, fact->append_ms, &fact->when_ms);
    fact->day = sales_day_at(&sales->days, fact->when_ms);
    set_late_days(sales, fact);
}

static void judge_clock(struct sales *sales, const struct fact *fact)
{
    if (fact->time == EVENT_TIME_AHEAD)
        bad_clocks_raise(&sales->bad_clocks, sales->store, sales->settings, &fact->event,
                         fact->append_ms);
    else if (fact->time != EVENT_TIME_NONE)
        bad_clocks_end(&sales->bad_clocks, sales->store, &fact->event, fact->append_ms);
}

/* What is stored for the first time. */
static void apply_new(struct sales *sales, struct fact *fact)
{
    struct late_cause cause = { .word = event_type_name(fact->event.type),
                                .time_ms = fact->append_ms,
                                .grace_ms = sales->settings->close_grace_s * 1000,
                                .part = fact->part,
                                .settings = sales->settings };

    if (fact->event.type == EVENT_SALE)
        apply_sale(sales, fact);
    else if (fact->event.type == EVENT_VOID)
        apply_void(sales, fact);
    else
        sales_batch_mark(sales->batch, fact->day, fact->source, fact->event.seq);
    if (fact->event.type == EVENT_CLOCK && fact->time == EVENT_TIME_GOOD)
        sales_boot_date(sales->batch, sales->store, &fact->event, &cause);
    else
        sales_batch_revise(sales->batch, sales->store, &cause);
}

static void apply(void *state, const struct kafka_record *record)
{
    struct sales *sales = state;
    struct json_reason why;
    struct fact fact;

    if (!event_read(record->value, record->value_length, &fact.event, &why)) {
        outgoing_dead_letter(sales->store, record, &why);
        return;
    }
    if (wire_topic_of(fact.event.type) != WIRE_SALES) {
        json_refuse(&why, "type", SAY_REASON_EVENT_TOPIC());
        outgoing_dead_letter(sales->store, record, &why);
        return;
    }
    fact.hash = hash_bytes(record->value, record->value_length);
    hide_client(sales, &fact);
    fact.part = record->partition;
    fact.offset = record->offset;
    fact.append_ms = record->append_ms;
    date(sales, &fact);
    fact.source = sales_batch_source(sales->batch, sales->store, &fact.event);
    sales_batch_place(sales->store, fact.source, fact.part);
    if (!insert(sales, &fact)) {
        if (store_status(sales->store) == STORE_OK)
            meet_again(sales, &fact, record);
        return;
    }
    fact.source->grew = true;
    if (fact.event.seq > fact.source->highest_seq)
        fact.source->highest_seq = fact.event.seq;
    if (!fact.is_dated)
        sales_boot_wait(sales->store, fact.source, &fact.event, fact.append_ms);
    judge_clock(sales, &fact);
    if (fact.event.amount_bad)
        sales_tell_amount(sales->store, sales->settings, &fact.event, fact.append_ms);
    apply_new(sales, &fact);
}

/* A clock that was set back waits no longer than one that goes on. */
static bool words_are_due(const struct sales *sales, struct store *store, int64_t now_ms)
{
    bool early = now_ms < sales->words_ms && sales->words_ms - now_ms <= SALES_WORDS_MS;

    return !early && sales_words_wait(store);
}

static enum role_due due(void *state, struct store *store, const struct role_time *time)
{
    struct sales *sales = state;

    if (sales->first_ms == 0)
        sales->first_ms = time->kafka_ms;
    if (sales_gaps_are_due(store, time->now_ms) || day_closer_goes_on(sales->closer))
        return ROLE_DUE;
    return day_closer_is_due(store, sales->settings, time->kafka_ms) ||
                   words_are_due(sales, store, time->now_ms)
               ? ROLE_DUE_WATERMARK
               : ROLE_NOTHING_DUE;
}

static void tick(void *state, const struct role_time *time)
{
    struct sales *sales = state;

    sales_tell_gaps(sales->store, sales->settings, time->now_ms);
    day_closer_close(sales->closer, sales->store, time);
    day_report_open(sales->store, sales->settings, time->kafka_ms, sales->first_ms);
    if (role_asked_watermark(time))
        sales->words_ms = sales_words_judge(sales->store, time) ? 0 : time->now_ms + SALES_WORDS_MS;
}

static const char *const topics[] = { TOPIC_SALES, NULL };

const struct role_calls role_sales = {
    .name = "sales",
    .topics = topics,
    .gather_ms = 100, /* where little comes; at 1,000 sales a second the bytes are there in 3 */
    .gather_bytes = 1024,
    .batch_max = SALES_BATCH_MAX,
    .rest_ms = 1000,
    .open = open_sales,
    .close = close_sales,
    .begin = begin,
    .apply = apply,
    .end = end,
    .forget = forget,
    .due = due,
    .tick = tick,
    .watch = watch,
};

/* The role `sales` on a store of its own, without Kafka: what it costs a sale, and how a store gets
 * millions of receipts in minutes.
 *
 *   sales_role STORE members CARTS              an accepted member, an order and an alert for each
 * cart sales_role STORE fill CARTS COUNT DAYS      sales of the last days, each closed at its end
 *   sales_role STORE role CARTS COUNT RUN       sales of now, as the collector's thread does it
 *   sales_role STORE sums CARTS COUNT RUN       the aggregation alone: reading the event, totals
 * and exact distinct clients, without the receipts' rows
 *
 * STORE is a URL; RUN is how many sales of a cart come in a row. Every batch moves the position
 * under its fence in the transaction of its results, and is as large as the last one's time allows,
 * as processor.c does. Prints one line of JSON: what it took in CPU, checkpoints with it and the
 * making of the events without, and in time. */
#include "sales_event.h"

#include "collector/base/hash.h"
#include "collector/engine/batch_size.h"
#include "collector/engine/position.h"
#include "collector/engine/role.h"
#include "collector/sales/sales_batch.h"
#include "collector/sales/sales_day.h"
#include "collector/settings_load.h"
#include "collector/store/store_keeper.h"
#include "common/clock.h"
#include "common/day.h"
#include "common/event.h"
#include "common/log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY_MS      86400000LL
#define CLOSE_MS    3600000LL /* after its end, every day is closed */
#define SALES_TOPIC "carrito.sales"
#define OWNER       "bench"
#define NANO        1e-9
#define MEMBER_INSERT                                                                              \
    "INSERT INTO members (id, person, name, lastname, email, plate, premium, status, applied_ms) " \
    "VALUES ($1, $2, 'Ana', 'Soto', 'ana@example.org', $3, 0, 'accepted', 0)"
#define ORDER_INSERT                                                                               \
    "INSERT INTO orders (id, product, price, quantity, email, cart, status, received_ms, "         \
    "done_ms) "                                                                                    \
    "VALUES ($1, 'sopaipilla', 500, 3, 'ana@example.org', $2, 'finalizado', $3, $4)"
#define ALERT_INSERT                                                                               \
    "INSERT INTO alerts (id, kind, subject, cart, severity, status, started_ms, ended_ms, "        \
    "details) VALUES ($1, 'cart-vanished', $2, $3, 'CRITICAL', 'CLEARED_UNACK', $4, $5, '')"

struct bench {
    struct store *store;
    struct settings settings;
    struct config_pairs pairs;
    void *role;
    struct sales_batch *sums; /* of the aggregation alone */
    struct day_cache days;
    struct position position;
    int carts, run;
    char texts[SALES_BATCH_MAX][SALES_EVENT_MAX];
    struct kafka_record records[SALES_BATCH_MAX];
    double making_s; /* CPU, of the events */
};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "sales_role: %s\n", what);
    exit(1);
}

static double seconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * NANO;
}

static void commit(struct bench *bench)
{
    if (store_commit(bench->store) != STORE_OK)
        die("a transaction failed");
}

static void make_batch(struct bench *bench, int64_t first, int64_t count, int64_t now_ms)
{
    double start = seconds(CLOCK_THREAD_CPUTIME_ID);

    for (int64_t i = 0; i < count; i++) {
        int64_t number;
        int cart;
        sales_turn(first + i, bench->carts, bench->run, &cart, &number);
        int length = sales_event(bench->texts[i], cart, number + 1, now_ms);
        bench->records[i] = (struct kafka_record){ .topic = SALES_TOPIC,
                                                   .offset = first + i,
                                                   .append_ms = now_ms,
                                                   .value = bench->texts[i],
                                                   .value_length = (size_t)length };
    }
    bench->making_s += seconds(CLOCK_THREAD_CPUTIME_ID) - start;
}

static void apply_role(struct bench *bench, int64_t count, int64_t now_ms)
{
    role_sales.begin(bench->role, bench->store, now_ms);
    for (int64_t i = 0; i < count; i++)
        role_sales.apply(bench->role, &bench->records[i]);
    role_sales.end(bench->role);
}

/* Once each by the position alone, as an aggregation without receipts has it. */
static void apply_sums(struct bench *bench, int64_t count, int64_t now_ms)
{
    struct json_reason why;
    struct event event;

    for (int64_t i = 0; i < count; i++) {
        const struct kafka_record *record = &bench->records[i];
        if (!event_read(record->value, record->value_length, &event, &why))
            die(why.text);
        struct source *source = sales_batch_source(bench->sums, bench->store, &event);
        source->highest_seq = event.seq;
        source->highest_receipt = event.receipt;
        struct sale_effect effect = { .day = sales_day_at(&bench->days, event.ts_ms),
                                      .source = source,
                                      .seq = event.seq,
                                      .receipt = event.receipt,
                                      .client = event.client,
                                      .quantity = event.quantity,
                                      .amount = event.amount,
                                      .sign = 1 };
        sales_batch_add(bench->sums, bench->store, &effect);
    }
    (void)now_ms;
    sales_batch_write(bench->sums, bench->store);
}

/* Returns for how long it held the write lock, in microseconds. */
static int64_t apply_batch(struct bench *bench, int64_t count, int64_t now_ms,
                           void (*apply)(struct bench *bench, int64_t count, int64_t now_ms))
{
    const struct kafka_record *last = &bench->records[count - 1];
    struct position to = bench->position;

    to.next = last->offset + 1;
    to.last_ms = last->append_ms;
    to.last_hash = hash_bytes(last->value, last->value_length);
    store_begin(bench->store);
    int64_t locked_us = clock_mono_us();
    if (!position_advance(bench->store, OWNER, &bench->position, &to))
        die("the fence is shut");
    apply(bench, count, now_ms);
    commit(bench);
    bench->position = to;
    return clock_mono_us() - locked_us;
}

/* Sales [first, end) at one time, or at the clock's where `at_ms` is 0. Nobody waits for the lock
 * while days gone by are filled in: their batches are as large as any may be. */
static void run_batches(struct bench *bench, int64_t first, int64_t end, int64_t at_ms,
                        void (*apply)(struct bench *bench, int64_t count, int64_t now_ms))
{
    size_t size = at_ms != 0 ? SALES_BATCH_MAX : BATCH_SIZE_MIN;

    for (int64_t n = first, count; n < end; n += count) {
        count = end - n < (int64_t)size ? end - n : (int64_t)size;
        int64_t now_ms = at_ms != 0 ? at_ms : clock_wall_ms();
        make_batch(bench, n, count, now_ms);
        int64_t held_us = apply_batch(bench, count, now_ms, apply);
        if (at_ms == 0)
            size = batch_size_next(size, (size_t)count, held_us, SALES_BATCH_MAX);
    }
}

static void close_day(struct bench *bench, int64_t noon_ms)
{
    struct role_time time = { .now_ms = noon_ms + DAY_MS / 2 + CLOSE_MS };

    time.kafka_ms = time.watermark_ms = time.now_ms;
    store_begin(bench->store);
    role_sales.begin(bench->role, bench->store, time.now_ms);
    role_sales.tick(bench->role, &time);
    role_sales.end(bench->role);
    commit(bench);
}

static void fill(struct bench *bench, int64_t count, int64_t days)
{
    int64_t offset_ms = 4 * 3600000LL; /* the guild's noon is about 16:00 UTC */
    int64_t today_ms = clock_wall_ms() / DAY_MS * DAY_MS + DAY_MS / 2 + offset_ms;

    for (int64_t day = 0; day < days; day++) {
        int64_t noon_ms = today_ms - (days - day + 1) * DAY_MS;
        run_batches(bench, count * day / days, count * (day + 1) / days, noon_ms, apply_role);
        close_day(bench, noon_ms);
    }
}

/* So that whatever is looked up for a cart has as many rows to be found among. */
static void add_members(struct bench *bench)
{
    int64_t now_ms = clock_wall_ms();
    char plate[32];

    store_begin(bench->store);
    for (int cart = 0; cart < bench->carts; cart++) {
        snprintf(plate, sizeof plate, SALES_CART, cart);
        store_run(bench->store, MEMBER_INSERT, "ttt", plate, plate, plate);
        store_run(bench->store, ORDER_INSERT, "ttii", plate, plate, now_ms - DAY_MS, now_ms);
        store_run(bench->store, ALERT_INSERT, "tttii", plate, plate, plate, now_ms - DAY_MS,
                  now_ms);
    }
    commit(bench);
}

static void open_bench(struct bench *bench, const char *url)
{
    char *argv[] = { (char *)"sales_role", (char *)"--tz=America/Santiago", NULL };
    int argc = 2;

    if (!hash_init() || settings_load(&bench->settings, &bench->pairs, &argc, argv) != CONFIG_OK)
        die("no settings");
    bench->store = store_open(url, STORE_REPEATABLE);
    if (bench->store == NULL || store_migrate(bench->store) != STORE_OK)
        die("no store");
    bench->role = role_sales.open(&bench->settings);
    bench->sums = sales_batch_open();
    bench->position = (struct position){ .role = "sales", .topic = SALES_TOPIC };
    store_begin(bench->store);
    position_take(bench->store, OWNER, &bench->position);
    commit(bench);
}

static void close_bench(struct bench *bench)
{
    sales_batch_close(bench->sums);
    role_sales.close(bench->role);
    store_close(bench->store);
    config_free(&settings_spec, &bench->settings, &bench->pairs);
}

static void run(struct bench *bench, const char *what, int64_t count, int64_t number)
{
    if (strcmp(what, "members") == 0) {
        add_members(bench);
    } else if (strcmp(what, "fill") == 0) {
        bench->run = 1;
        fill(bench, count, number);
    } else {
        bench->run = (int)number;
        run_batches(bench, bench->position.next, bench->position.next + count, 0,
                    strcmp(what, "sums") == 0 ? apply_sums : apply_role);
    }
}

int main(int argc, char **argv)
{
    static struct bench bench;

    if (argc < 4) {
        fputs("usage: sales_role STORE members|fill|role|sums CARTS [COUNT DAYS|RUN]\n", stderr);
        return 2;
    }
    log_set_level("warn");
    open_bench(&bench, argv[1]);
    struct store_keeper *keeper =
        store_keeper_start(&(struct store_keeper_options){ .store_url = argv[1] });
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), start = seconds(CLOCK_MONOTONIC);
    int64_t count = argc > 4 ? atoll(argv[4]) : 0;
    bench.carts = atoi(argv[3]);
    run(&bench, argv[2], count, argc > 5 ? atoll(argv[5]) : 1);
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu - bench.making_s;
    printf("{\"count\":%lld,\"cpu_s\":%.3f,\"seconds\":%.3f}\n", (long long)count, cpu,
           seconds(CLOCK_MONOTONIC) - start - bench.making_s);
    store_keeper_stop(keeper);
    close_bench(&bench);
    return 0;
}

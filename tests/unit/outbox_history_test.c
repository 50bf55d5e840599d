/* Proves, over random histories of boots, clocks, sales, voids, kills, full disks, rewinds, removed
 * rows and other releases of the agent: the running totals are the sums of what the vendor was
 * told, and a day of the cart is a day of the centre, for every boot whose clock became right.
 *
 * Each session of an agent is a process of its own, which may end at any moment; the model lives in
 * memory that it shares with the test. CARRITO_TEST_SEED repeats a failure. */
#include "outbox_room.h"

#include "common/day.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#define HISTORIES   12
#define SESSIONS    10
#define ACTS_MAX    14
#define TOLD_MAX    400
#define HOUR_MS     3600000LL
#define DAYS_AROUND 40              /* that are compared, before and after the beginning */
#define BEGIN_MS    1775270000000LL /* 2026-04-03 in Santiago; the next day has 25 hours */
#define KILLED      9

enum kind { SALE, VOID, CLOCK, STOCK };

struct told {
    enum kind kind;
    int64_t seq, receipt, quantity, amount;
    int64_t true_ms, ts_ms;
    int boot;
    bool right; /* by its own clock */
};

/* What must be so, and what the world is like. */
struct model {
    uint64_t random;
    struct told told[TOLD_MAX];
    int count;
    bool waits; /* told[count] is under way: a kill leaves open whether it was committed */
    int64_t last_seq, from, oldest_seq;
    int boot;
    int64_t boot_ms, true_ms; /* when it began; now */
    int64_t wrong_by_ms;
    bool right; /* the clock */
};

static int draw(struct model *model, int below)
{
    model->random ^= model->random << 13;
    model->random ^= model->random >> 7;
    model->random ^= model->random << 17;
    return (int)(model->random % (uint64_t)below);
}

static bool one_in(struct model *model, int times)
{
    return draw(model, times) == 0;
}

/* The model's answers. */

static bool is_voided(const struct model *model, int64_t receipt, int64_t from, int64_t upto)
{
    for (int i = 0; i < model->count; i++)
        if (model->told[i].kind == VOID && model->told[i].receipt == receipt &&
            model->told[i].seq >= from && model->told[i].seq <= upto)
            return true;
    return false;
}

static bool has_clock(const struct model *model, int boot)
{
    for (int i = 0; i < model->count; i++)
        if (model->told[i].kind == CLOCK && model->told[i].boot == boot)
            return true;
    return false;
}

static struct outbox_counts counts_of(const struct model *model, int64_t upto)
{
    struct outbox_counts counts = { .from = model->from };

    for (int i = 0; i < model->count; i++) {
        const struct told *told = &model->told[i];
        if (told->seq < model->from || told->kind > VOID)
            continue;
        counts.made = told->seq;
        if (told->seq > upto)
            continue;
        counts.upto = told->seq;
        if (told->kind == VOID)
            continue;
        bool back = is_voided(model, told->receipt, model->from, upto);
        counts.receipts++;
        counts.voided += back;
        counts.quantity += back ? 0 : told->quantity;
        counts.amount += back ? 0 : told->amount;
    }
    return counts;
}

static struct day_sums day_of(const struct model *model, int32_t day)
{
    struct day_sums sums = { 0 };

    for (int i = 0; i < model->count; i++) {
        const struct told *told = &model->told[i];
        bool dated = told->right || has_clock(model, told->boot);
        if (told->kind != SALE || day_of_ms(dated ? told->true_ms : told->ts_ms) != day)
            continue;
        bool back = is_voided(model, told->receipt, 0, INT64_MAX);
        sums.voided += back;
        sums.sales += !back;
        sums.quantity += back ? 0 : told->quantity;
        sums.amount += back ? 0 : told->amount;
    }
    return sums;
}

static void compare(struct model *model, struct outbox *outbox)
{
    for (int32_t day = day_of_ms(BEGIN_MS) - DAYS_AROUND; day < day_of_ms(BEGIN_MS) + DAYS_AROUND;
         day++) {
        struct day_sums expected = day_of(model, day), sums;
        outbox_day_sums(outbox, day, &sums);
        assert_memory_equal(&sums, &expected, sizeof sums);
    }
    for (int i = 0; i < 6; i++) {
        int64_t upto = i == 0   ? outbox_head(outbox)->acked_seq
                       : i == 1 ? INT64_MAX
                                : draw(model, (int)model->last_seq + 2);
        if (upto < model->oldest_seq - 1) /* never acknowledged again */
            continue;
        struct outbox_counts expected = counts_of(model, upto), counts;
        assert_true(outbox_counts(outbox, upto, &counts));
        assert_memory_equal(&counts, &expected, sizeof counts);
    }
}

/* An agent. */

static struct moment moment_of(const struct model *model, char boot[16])
{
    snprintf(boot, 16, "b%d", model->boot);
    return (struct moment){ model->true_ms + (model->right ? 0 : model->wrong_by_ms),
                            model->right ? CLOCK_NTP : CLOCK_NONE, boot,
                            model->true_ms - model->boot_ms };
}

static void kill_sometimes(struct model *model, int times)
{
    if (one_in(model, times))
        _exit(KILLED);
}

static int64_t some_receipt(struct model *model)
{
    for (int tries = 0; model->count > 0 && tries < 20; tries++) {
        const struct told *told = &model->told[draw(model, model->count)];
        if (told->kind == SALE && !is_voided(model, told->receipt, 0, INT64_MAX))
            return told->receipt;
    }
    return 0;
}

static void note(struct model *model, const struct event *event, enum kind kind, bool right)
{
    model->told[model->count] = (struct told){
        .kind = kind,
        .seq = event->seq,
        .receipt = event->receipt,
        .quantity = event->quantity,
        .amount = event->amount == EVENT_ABSENT ? 0 : event->amount,
        .true_ms = model->true_ms,
        .ts_ms = event->ts_ms,
        .boot = model->boot,
        .right = right,
    };
}

static void act(struct model *model, struct outbox *outbox, enum kind kind)
{
    const struct sale_request sale = { .quantity = 1 + draw(model, 9),
                                       .amount =
                                           one_in(model, 4) ? EVENT_ABSENT : draw(model, 5000),
                                       .price = EVENT_ABSENT };
    struct event_maker maker = maker_of(outbox);
    int64_t receipt = kind == VOID ? some_receipt(model) : 0;
    struct event event;
    char boot[16];
    struct moment moment = moment_of(model, boot);

    if (model->right && kind != CLOCK && one_in(model, 4))
        moment.clock = one_in(model, 2) ? CLOCK_NONE : CLOCK_RTC; /* nobody says so any more */
    else if (!model->right && one_in(model, 3))
        moment.clock = CLOCK_RTC;
    if (kind == VOID && receipt == 0)
        return;
    if (kind == SALE)
        event_maker_sale(&maker, &moment, &sale, &event);
    else if (kind == VOID)
        event_maker_void(&maker, &moment, receipt, 1, NULL, &event);
    else if (kind == CLOCK)
        event_maker_clock(&maker, &moment, &event);
    else
        event_maker_stock(&maker, &moment, 60, &event);
    note(model, &event, kind, model->right && moment.clock == CLOCK_NTP);
    bool full = one_in(model, 20);
    if (full)
        disk_is_full();
    model->waits = true;
    enum outbox_result result = outbox_commit(outbox, &event, 1, NULL);
    kill_sometimes(model, 25);
    disk_has_room();
    assert_int_equal(result, full ? OUTBOX_FULL : OUTBOX_OK);
    model->waits = false;
    model->count += !full;
}

/* As the agent: once per boot, when the time has become right. */
static void say_clock(struct model *model, struct outbox *outbox)
{
    char boot[16];

    snprintf(boot, sizeof boot, "b%d", model->boot);
    if (model->right && strcmp(outbox_head(outbox)->clock_boot, boot) != 0)
        act(model, outbox, CLOCK);
}

/* What waited for its answer was committed, or it was not. */
static void settle(struct model *model, struct outbox *outbox)
{
    if (model->waits && outbox_head(outbox)->last_seq == model->told[model->count].seq)
        model->count++;
    model->waits = false;
}

static void rewind_to(struct model *model, struct outbox *outbox)
{
    struct command_effect effect = { .replay_from = 1 + draw(model, (int)model->last_seq + 1) };
    char id[24];

    snprintf(id, sizeof id, "r%d", draw(model, 1 << 30));
    assert_int_equal(outbox_carry_out(outbox, id, &effect), OUTBOX_OK);
}

static void acknowledge(struct model *model, struct outbox *outbox)
{
    struct outbox_range all = { 0, INT64_MAX, TOLD_MAX, SIZE_MAX };
    struct buffer rows = { 0 };
    unsigned events;

    outbox_read(outbox, &all, &rows, &events);
    buffer_free(&rows);
    outbox_acknowledge(outbox, draw(model, (int)outbox_head(outbox)->last_seq + 1));
}

static void session(struct model *model, const char *path)
{
    struct outbox *outbox = outbox_open(path, "BBCL23", model->true_ms);

    assert_non_null(outbox);
    settle(model, outbox);
    compare(model, outbox);
    for (int acts = 1 + draw(model, ACTS_MAX); acts > 0 && model->count < TOLD_MAX - 2; acts--) {
        model->true_ms += draw(model, 3) * draw(model, 8) * HOUR_MS / 4 + 1;
        model->right = model->right || one_in(model, 6);
        say_clock(model, outbox);
        act(model, outbox, (enum kind[]){ SALE, SALE, SALE, VOID, STOCK }[draw(model, 5)]);
        if (one_in(model, 5))
            acknowledge(model, outbox);
        if (one_in(model, 12))
            rewind_to(model, outbox);
    }
    compare(model, outbox);
    kill_sometimes(model, 3);
    outbox_close(outbox);
    _exit(0);
}

/* What happens to the file between two sessions. */

static int64_t one_number(void **state, const char *sql)
{
    sqlite3_stmt *row = NULL;
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path_of(state), &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    sqlite3_close(db);
    return number;
}

/* Rows that were acknowledged are removed. */
static void remove_rows(struct model *model, void **state)
{
    char sql[160];

    snprintf(sql, sizeof sql,
             "DELETE FROM events WHERE seq <= %d AND seq <= (SELECT acked_seq FROM head)",
             draw(model, (int)model->last_seq + 1));
    change_by_sql(state, sql);
}

/* The first start after an upgrade. Of a sale that was removed before its boot's clock was right
 * nobody could tell the boot any more; such a one keeps it here. */
static void upgrade(struct model *model, void **state)
{
    int64_t removed = 0;
    char sql[200];

    for (int i = 0; i < model->count; i++)
        if (model->told[i].kind == SALE && model->told[i].seq < model->oldest_seq)
            removed = model->told[i].receipt;
    snprintf(sql, sizeof sql,
             "DELETE FROM totals; UPDATE head SET clock_zero_ms = NULL, effects_seq = NULL;"
             "UPDATE receipts SET boot = NULL, boot_ms = NULL WHERE receipt > %lld",
             (long long)removed);
    change_by_sql(state, sql);
    model->from = model->oldest_seq;
}

/* What the session wrote was written by an earlier release: it knows no boots and no totals. */
static void forget_session(struct model *model, void **state)
{
    char sql[160];

    change_by_sql(state, "DELETE FROM totals WHERE seq > (SELECT effects_seq FROM kept_head);"
                         "UPDATE receipts SET boot = NULL, boot_ms = NULL;"
                         "UPDATE receipts SET (day, boot, boot_ms) = (SELECT day, boot, boot_ms"
                         " FROM kept WHERE kept.receipt = receipts.receipt)"
                         " WHERE receipt IN (SELECT receipt FROM kept);"
                         "UPDATE head SET (clock_zero_ms, effects_seq) ="
                         " (SELECT clock_zero_ms, effects_seq FROM kept_head)");
    int64_t after = one_number(state, "SELECT COALESCE(MAX(receipt), 0) FROM kept");
    for (int i = 0; i < model->count + (model->waits ? 1 : 0); i++) {
        if (model->told[i].kind != SALE || model->told[i].receipt <= after)
            continue;
        snprintf(sql, sizeof sql, "UPDATE receipts SET day = %d WHERE receipt = %lld",
                 day_of_ms(model->told[i].ts_ms), (long long)model->told[i].receipt);
        change_by_sql(state, sql);
    }
}

static void run_session(struct model *model, void **state)
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        session(model, path_of(state));
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == KILLED));
    model->last_seq = one_number(state, "SELECT last_seq FROM head");
}

static void next_boot(struct model *model)
{
    model->true_ms += draw(model, 30) * HOUR_MS + 1;
    model->boot++;
    model->boot_ms = model->true_ms - draw(model, 60000);
    model->right = one_in(model, 3);
    model->wrong_by_ms = -(1 + draw(model, 20)) * 5 * HOUR_MS;
}

static void change_file(struct model *model, void **state)
{
    if (one_in(model, 3))
        remove_rows(model, state);
    model->oldest_seq =
        one_number(state, "SELECT COALESCE(MIN(seq), (SELECT last_seq + 1 FROM head)) FROM events");
    if (one_in(model, 6))
        upgrade(model, state);
}

static void run_session_of_another_release(struct model *model, void **state)
{
    change_by_sql(state, "CREATE TABLE kept AS SELECT receipt, day, boot, boot_ms FROM receipts;"
                         "CREATE TABLE kept_head AS SELECT clock_zero_ms, effects_seq FROM head");
    run_session(model, state);
    forget_session(model, state);
    change_by_sql(state, "DROP TABLE kept; DROP TABLE kept_head");
}

static void history(struct model *model, void **state)
{
    uint64_t random = model->random;

    *model = (struct model){ .random = random, .from = 1, .oldest_seq = 1, .true_ms = BEGIN_MS };
    next_boot(model);
    for (int i = 0; i < SESSIONS; i++) {
        if (i > 0 && one_in(model, 5)) {
            run_session_of_another_release(model, state);
        } else {
            run_session(model, state);
            change_file(model, state);
        }
        if (one_in(model, 2))
            next_boot(model);
    }
    run_session(model, state);
}

static void remove_file(const char *path)
{
    unlink(path);
}

static void all_histories(void **state)
{
    const char *given = getenv("CARRITO_TEST_SEED"), *times = getenv("CARRITO_TEST_EXAMPLES");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    int histories = HISTORIES * (times != NULL ? atoi(times) : 1);
    struct model *model =
        mmap(NULL, sizeof *model, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    assert_true(model != MAP_FAILED);
    for (int i = 0; i < histories; i++) {
        model->random = (seed + (uint64_t)i) * 0x9e3779b97f4a7c15 | 1;
        print_message("CARRITO_TEST_SEED=%llu\n", (unsigned long long)seed + (unsigned)i);
        history(model, state);
        scratch_each(*state, "outbox", remove_file);
    }
    munmap(model, sizeof *model);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("totals are what was told, days are the centre's", all_histories),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

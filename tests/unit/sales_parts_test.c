/* Claims about a day that closes partition by partition: one that is behind holds up its own carts
 * only, each process closes its own, in slices; and the guild's day follows when all are closed. */
#include "sales_office.h"

#include "captured_log.h"
#include "common/protocol.h"

#define HOUR_MS 3600000LL

static int64_t close_of(int32_t day)
{
    return day_start_ms(day + 1) + GRACE_S * 1000;
}

static int open_parts(void **state)
{
    if (open_office(state) != 0)
        return -1;
    struct office *office = *state;
    office->settings.unregistered = false;
    /* As the fence has them: there are two. */
    for (int64_t part = 0; part < 2; part++)
        store_run(office->store,
                  "INSERT INTO positions (role, topic, part, owner, next, last_ms, last_hash) "
                  "VALUES ('sales', 'carrito.sales', $1, 'x', 0, 0, 0)",
                  "i", part);
    return 0;
}

/* A sale of one of the cart's outbox, whose name begins with `epoch`. */
struct sold {
    const char *cart;
    char epoch;
    int seq;
    int32_t part;
    int64_t append_ms;
};

static void apply_sold(struct office *office, const struct sold *sold)
{
    char value[EVENT_MAX];

    snprintf(value, sizeof value,
             "{\"v\":1,\"type\":\"sale\",\"cart\":\"%s\",\"epoch\":\"%c000000000000000\","
             "\"seq\":%d,\"ts_ms\":%lld,\"clock\":\"gps\",\"receipt\":%d,\"quantity\":1}",
             sold->cart, sold->epoch, sold->seq, NOON, sold->seq);
    struct kafka_record record = { .topic = TOPIC_SALES,
                                   .partition = sold->part,
                                   .offset = office->offset++,
                                   .append_ms = sold->append_ms,
                                   .value = value,
                                   .value_length = strlen(value) };
    role_sales.apply(office->role, &record);
}

static void sell(struct office *office, const struct sold *sold)
{
    begin(office);
    apply_sold(office, sold);
    commit(office);
}

/* What a process has found of its partitions; `all_ms`: of all that there are. */
struct found {
    void *role;
    struct role_watermark marks[2];
    size_t count;
    int64_t all_ms;
};

static void tick_found(struct office *office, const struct found *found)
{
    struct role_time time = { .now_ms = office->now_ms,
                              .kafka_ms = office->now_ms + SKEW_MS,
                              .watermark_ms = found->all_ms,
                              .watermarks = found->marks,
                              .watermark_count = found->count };

    assert_true(store_begin(office->store));
    role_sales.begin(found->role, office->store, office->now_ms);
    role_sales.tick(found->role, &time);
    role_sales.end(found->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static struct role_watermark at(int32_t part, int64_t watermark_ms)
{
    return (struct role_watermark){ TOPIC_SALES, part, watermark_ms, true };
}

static const char state_sql[] =
    "SELECT cart || ' ' || revision || ' ' || CASE WHEN closed > 0 THEN 'closed' ELSE 'open' END "
    "FROM daily ORDER BY day, cart";
static const char mails_sql[] = "SELECT COUNT(*) FROM mails";
static const char guild_sql[] = "SELECT MAX(day) FROM closed_days";

/* AAA111 is of partition 0, BBB222 of 1; 0 has passed the day's close, 1 is at noon. */
static void leave_one_behind(struct office *office)
{
    sell(office, &(struct sold){ "AAA111", '1', 1, 0, NOON });
    sell(office, &(struct sold){ "BBB222", '1', 1, 1, NOON });
    office->now_ms = close_of(DAY);
    tick_found(office, &(struct found){ .role = office->role,
                                        .marks = { at(0, close_of(DAY) + SKEW_MS), at(1, NOON) },
                                        .count = 2,
                                        .all_ms = NOON });
}

static void one_that_is_behind_holds_up_its_own_carts(void **state)
{
    struct office *office = *state;

    leave_one_behind(office);
    assert_lines(office, state_sql, "AAA111 1 closed\nBBB222 0 open\n");
    assert_int_equal(ask(office, mails_sql), 0);
    assert_int_equal(ask(office, guild_sql), DAY - 1);
    office->now_ms += HOUR_MS;
    tick_found(office, &(struct found){ .role = office->role,
                                        .marks = { at(0, office->now_ms), at(1, office->now_ms) },
                                        .count = 2,
                                        .all_ms = office->now_ms });
    assert_lines(office, state_sql, "AAA111 1 closed\nBBB222 1 closed\n");
    assert_int_equal(ask(office, mails_sql), 2);
    assert_int_equal(ask(office, guild_sql), DAY);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM closed_parts"), 0);
}

/* By Kafka's time: what is read late of the one that is behind was in time; what came to the other
 * one after its close is a revision, whatever its time says. */
static void what_is_late_hangs_on_the_partition(void **state)
{
    struct office *office = *state;

    leave_one_behind(office);
    sell(office, &(struct sold){ "BBB222", '1', 2, 1, close_of(DAY) - 1 });
    sell(office, &(struct sold){ "AAA111", '1', 2, 0, close_of(DAY) - 1 });
    sell(office, &(struct sold){ "CCC333", '1', 1, 1, close_of(DAY) - 1 });
    assert_lines(office, state_sql, "AAA111 2 closed\nBBB222 0 open\nCCC333 0 open\n");
    assert_int_equal(ask(office, "SELECT sales FROM daily WHERE cart = 'BBB222'"), 2);
    sell(office, &(struct sold){ "BBB222", '1', 3, 1, close_of(DAY) + 1 });
    assert_lines(office, state_sql, "AAA111 2 closed\nBBB222 2 closed\nCCC333 0 open\n");
}

static void each_process_closes_its_own(void **state)
{
    struct office *office = *state;
    int64_t over_ms = close_of(DAY) + SKEW_MS;

    sell(office, &(struct sold){ "AAA111", '1', 1, 0, NOON });
    sell(office, &(struct sold){ "BBB222", '1', 1, 1, NOON });
    office->now_ms = close_of(DAY);
    tick_found(office, &(struct found){ office->role, { at(0, over_ms) }, 1, over_ms });
    assert_lines(office, state_sql, "AAA111 1 closed\nBBB222 0 open\n");
    assert_int_equal(ask(office, mails_sql), 0);
    tick_found(office, &(struct found){ office->other_role, { at(1, over_ms) }, 1, over_ms });
    assert_lines(office, state_sql, "AAA111 1 closed\nBBB222 1 closed\n");
    assert_int_equal(ask(office, mails_sql), 2);
}

/* Whose partition is taken away has nothing to close of it any more. */
static void a_partition_that_was_taken_away_is_the_others(void **state)
{
    struct office *office = *state;

    leave_one_behind(office);
    store_run(office->store, "UPDATE daily SET closed = 0, revision = 0", "");
    role_sales.forget(office->role);
    tick_found(office, &(struct found){ .role = office->role });
    assert_lines(office, state_sql, "AAA111 0 open\nBBB222 0 open\n");
    tick_found(office, &(struct found){ .role = office->other_role,
                                        .marks = { at(0, close_of(DAY) + SKEW_MS) },
                                        .count = 1 });
    assert_lines(office, state_sql, "AAA111 1 closed\nBBB222 0 open\n");
}

/* The topic was made anew with fewer, and the processor has forgotten where we stood in them. */
static void a_partition_that_is_gone_holds_up_nothing(void **state)
{
    struct office *office = *state;
    int64_t over_ms = close_of(DAY) + SKEW_MS;

    leave_one_behind(office);
    store_run(office->store, "DELETE FROM positions WHERE part = 1", "");
    tick_found(office, &(struct found){ office->role, { at(0, over_ms) }, 1, over_ms });
    assert_lines(office, state_sql, "AAA111 1 closed\nBBB222 1 closed\n");
    assert_int_equal(ask(office, guild_sql), DAY);
}

/* Partitions were raised: the cart is in another one by now, with this outbox or a new one. */
static void a_cart_of_two_partitions_closes_with_all(void **state)
{
    struct office *office = *state;

    for (char epoch = '1'; epoch <= '2'; epoch++) {
        const char *cart = epoch == '1' ? "AAA111" : "BBB222";
        sell(office, &(struct sold){ cart, '1', 1, 0, NOON });
        sell(office, &(struct sold){ cart, epoch, 2, 1, NOON });
    }
    begin(office);
    apply_sold(office, &(struct sold){ "CCC333", '1', 1, 0, NOON });
    apply_sold(office, &(struct sold){ "CCC333", '1', 2, 1, NOON });
    commit(office);
    office->now_ms = close_of(DAY);
    struct found found = { .role = office->role,
                           .marks = { at(0, close_of(DAY) + SKEW_MS), at(1, NOON) },
                           .count = 2,
                           .all_ms = NOON };
    tick_found(office, &found);
    assert_lines(office, state_sql, "AAA111 0 open\nBBB222 0 open\nCCC333 0 open\n");
    found.marks[1].watermark_ms = found.all_ms = close_of(DAY) + SKEW_MS;
    tick_found(office, &found);
    assert_lines(office, state_sql, "AAA111 1 closed\nBBB222 1 closed\nCCC333 1 closed\n");
}

/* A stranger's record, without a key, stands in a partition that is behind the cart's own. */
static void a_closed_row_changes_by_revisions_alone(void **state)
{
    struct office *office = *state;

    leave_one_behind(office);
    sell(office, &(struct sold){ "AAA111", '2', 1, 1, NOON + 1 });
    assert_lines(office, state_sql, "AAA111 2 closed\nBBB222 0 open\n");
    assert_int_equal(ask(office, "SELECT sales FROM daily WHERE cart = 'AAA111'"), 2);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM revisions WHERE cart = 'AAA111'"), 2);
}

static const char clocks_sql[] =
    "SELECT subject || ' ' || details || CASE WHEN ended_ms IS NULL THEN '' ELSE ' ended' END "
    "FROM alerts WHERE kind = 'clock-bad'";

#define BEHIND                                                                                     \
    "carrito.sales/0 El reloj de un broker de Kafka atrasa al menos 2 s (partición "              \
    "carrito.sales/0): llegó una venta de un día ya cerrado."

static void a_broker_that_is_behind_is_told(void **state)
{
    struct office *office = *state;

    leave_one_behind(office);
    sell(office, &(struct sold){ "AAA111", '1', 2, 0, close_of(DAY) });
    sell(office, &(struct sold){ "BBB222", '1', 2, 1, close_of(DAY) - 1 });
    assert_lines(office, clocks_sql, "");
    sell(office, &(struct sold){ "AAA111", '1', 3, 0, close_of(DAY) - 1001 });
    sell(office, &(struct sold){ "AAA111", '1', 4, 0, close_of(DAY) - 5000 });
    assert_lines(office, clocks_sql, BEHIND "\n");
    assert_lines(office, state_sql, "AAA111 4 closed\nBBB222 0 open\n");
    office->now_ms = close_of(DAY + 1);
    tick_found(office, &(struct found){ .role = office->role,
                                        .marks = { at(0, close_of(DAY + 1) + SKEW_MS) },
                                        .count = 1,
                                        .all_ms = NOON });
    assert_lines(office, clocks_sql, BEHIND " ended\n");
}

/* The cart counts what has come of it; only the one whose partition is at the word is confirmed. */
static void a_word_waits_for_its_own_partition(void **state)
{
    struct office *office = *state;

    sell(office, &(struct sold){ "AAA111", '1', 1, 0, NOON });
    sell(office, &(struct sold){ "BBB222", '1', 1, 1, NOON });
    store_run(office->store,
              "INSERT INTO words (cart, epoch, from_seq, upto, made, receipts, voided, quantity, "
              "amount, offline, at_ms, at_day, ready_ms, owed, since_ms) "
              "SELECT cart, epoch, 1, 1, 1, 1, 0, 1, 0, 0, $1, 0, $1, 0, 0 FROM sources "
              "UNION SELECT 'DDD444', '1000000000000000', 1, 1, 1, 1, 0, 1, 0, 0, $1, 0, $1, 0, 0",
              "i", NOON + 1);
    store_run(office->store, "UPDATE positions SET passed_ms = $1 WHERE part = 0", "i",
              NOON + 1 + SKEW_MS);
    tick_found(office, &(struct found){ .role = office->role,
                                        .marks = { at(0, NOON + 1 + SKEW_MS), at(1, 0) },
                                        .count = 2 });
    assert_lines(office, "SELECT cart || ' ' || upto FROM confirmed", "AAA111 1\n");
    store_run(office->store, "UPDATE positions SET passed_ms = $1", "i", NOON + 1 + SKEW_MS);
    tick_found(office, &(struct found){ .role = office->role,
                                        .marks = { at(0, NOON + 1 + SKEW_MS) },
                                        .count = 1,
                                        .all_ms = NOON + 1 + SKEW_MS });
    assert_lines(office,
                 "SELECT cart || ' ' || upto || ' ' || wrong_upto FROM confirmed "
                 "ORDER BY cart",
                 "AAA111 1 0\nBBB222 1 0\nDDD444 0 1\n");
}

#define CARTS 500

static void sell_with_many(struct office *office)
{
    begin(office);
    for (int i = 0; i < CARTS; i++) {
        char cart[16];
        snprintf(cart, sizeof cart, "SIM-%04d", i);
        apply_sold(office, &(struct sold){ cart, '1', 1, i % 2, NOON });
    }
    commit(office);
}

static void a_transaction_closes_200_rows_at_most(void **state)
{
    struct office *office = *state;
    struct role_time later = { .now_ms = close_of(DAY), .kafka_ms = close_of(DAY) + SKEW_MS };
    int64_t over_ms = close_of(DAY) + SKEW_MS, closed = 0, now;
    int saved, slices = 0;

    sell_with_many(office);
    office->now_ms = close_of(DAY);
    FILE *log = capture(&saved);
    struct found found = { office->role, { at(0, over_ms), at(1, over_ms) }, 2, over_ms };
    do {
        assert_int_equal(ask(office, mails_sql), 0);
        tick_found(office, &found);
        now = ask(office, "SELECT COUNT(*) FROM daily WHERE closed > 0");
        assert_true(now - closed <= SALES_CLOSE_ROWS_MAX);
        closed = now;
        slices++;
        found = (struct found){ .role = office->role }; /* no broker is asked for the others */
    } while (role_sales.due(office->role, office->store, &later) == ROLE_DUE && slices < CARTS);
    char *text = captured(log, saved);
    assert_int_equal(closed, CARTS);
    assert_int_equal(slices, 3);
    assert_int_equal(ask(office, mails_sql), 2);
    assert_int_equal(ask(office, guild_sql), DAY);
    assert_int_equal(count(text, "msg=\"day closed\""), 2);
    assert_int_equal(count(text, "partition=1 carts=250 quantity=250 "), 1);
    assert_int_equal(count(text, "SIM-"), 0);
    free(text);
}

/* A slice that is rolled back is closed once, and told once. */
static void a_slice_that_is_rolled_back_is_made_again(void **state)
{
    struct office *office = *state;
    int64_t over_ms = close_of(DAY) + SKEW_MS;
    struct found found = { office->role, { at(0, over_ms), at(1, over_ms) }, 2, over_ms };
    int saved;

    sell_with_many(office);
    office->now_ms = close_of(DAY);
    tick_found(office, &found);
    begin(office);
    role_sales.tick(office->role, &(struct role_time){ .now_ms = office->now_ms });
    roll_back(office);
    FILE *log = capture(&saved);
    for (int i = 0; i < 3; i++)
        tick_found(office, &found);
    char *text = captured(log, saved);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM daily WHERE closed > 0"), CARTS);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM revisions"), CARTS);
    assert_int_equal(count(text, "partition=1 carts=250 "), 1);
    free(text);
}

#undef CLAIM
#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_parts, close_office, NULL                                             \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a partition that is behind holds up its own carts only",
              one_that_is_behind_holds_up_its_own_carts),
        CLAIM("what is late hangs on the partition", what_is_late_hangs_on_the_partition),
        CLAIM("each process closes its own", each_process_closes_its_own),
        CLAIM("a partition that was taken away is the other's",
              a_partition_that_was_taken_away_is_the_others),
        CLAIM("a partition that is gone holds up nothing",
              a_partition_that_is_gone_holds_up_nothing),
        CLAIM("a cart of two partitions closes when all have passed",
              a_cart_of_two_partitions_closes_with_all),
        CLAIM("a closed row changes by revisions alone", a_closed_row_changes_by_revisions_alone),
        CLAIM("a broker whose clock is behind is told", a_broker_that_is_behind_is_told),
        CLAIM("a word waits for its own partition", a_word_waits_for_its_own_partition),
        CLAIM("a transaction closes 200 rows at most", a_transaction_closes_200_rows_at_most),
        CLAIM("a slice that is rolled back is made again",
              a_slice_that_is_rolled_back_is_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

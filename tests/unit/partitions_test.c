/* Claims about the partitions of a role: what has passed is judged for each alone, by where its log
 * ended and not by its last record, and there may be any number of them. The consumer and the
 * watermark are stand-ins. */
#include "collector/base/store_guard.h"
#include "collector/engine/partitions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "api_consumers_sql.h"

#include "tests/unit/empty_store.h"

#define TOPIC "carrito.sales"
#define NOON  1790000000000LL
#define MANY  300

/* Where each log begins and ends. */
static int64_t lows[MANY], highs[MANY];
static int64_t committed[MANY];
static bool leaderless[MANY]; /* its ends are not to be had */

bool kafka_in_ends(struct kafka_in *in, const char *topic, int32_t partition, int64_t *low,
                   int64_t *high)
{
    (void)in, (void)topic;
    store_guard_no_write("a test");
    *low = lows[partition];
    *high = highs[partition];
    return !leaderless[partition];
}

static int reassigned;

void kafka_in_reassign(struct kafka_in *in)
{
    (void)in;
    reassigned++;
}

void kafka_in_applied(struct kafka_in *in, const char *topic, int32_t partition, int64_t next)
{
    (void)in, (void)topic;
    committed[partition] = next;
}

static int commits;

void kafka_in_commit(struct kafka_in *in)
{
    (void)in;
    commits++;
}

int64_t kafka_in_lag(struct kafka_in *in, const char *topic, int32_t partition, int64_t next)
{
    (void)in, (void)topic;
    return highs[partition] - next;
}

/* Partitions whose end the watermark knows are those with one. */
static int64_t known_ends[MANY];

bool watermark_end_of(struct watermark *watermark, int64_t question,
                      const struct watermark_log *log, struct watermark_end *end)
{
    (void)watermark, (void)question;
    *end = (struct watermark_end){ known_ends[log->partition], NOON + 5000 };
    return known_ends[log->partition] >= 0;
}

static struct partitions *open_partitions(struct store *store)
{
    struct partitions *partitions = partitions_open("sales", "en");

    memset(lows, 0, sizeof lows);
    memset(highs, 0, sizeof highs);
    memset(leaderless, 0, sizeof leaderless);
    reassigned = 0;
    for (int i = 0; i < MANY; i++)
        known_ends[i] = -1;
    partitions_use(partitions, store, NULL);
    return partitions;
}

/* A batch of one record, committed. */
static void apply(struct store *store, struct partitions *partitions, int32_t partition,
                  int64_t offset)
{
    struct kafka_record record = { .topic = TOPIC,
                                   .partition = partition,
                                   .offset = offset,
                                   .append_ms = NOON + offset,
                                   .value = "x",
                                   .value_length = 1 };

    assert_true(partitions_accept(partitions, &record));
    assert_true(store_begin(store));
    assert_true(partitions_advance(partitions, &record, 1));
    assert_int_equal(store_commit(store), STORE_OK);
    partitions_remember(partitions);
}

static void end_at(struct partitions *partitions, int32_t partition, int64_t offset)
{
    partitions_end(partitions, &(struct kafka_record){
                                   .topic = TOPIC, .partition = partition, .offset = offset });
}

static struct role_watermark watermark_of(struct partitions *partitions, int32_t partition)
{
    size_t count;

    partitions_note_watermark(partitions, NULL, 1);
    const struct role_watermark *passed = partitions_watermarks(partitions, &count);
    for (size_t i = 0; i < count; i++)
        if (passed[i].partition == partition)
            return passed[i];
    fail_msg("partition %d is not ours", (int)partition);
    return (struct role_watermark){ 0 };
}

/* Offsets 0 and 1 are records, 2 the marker of their transaction: the log ends at 3. */
static void a_transaction_at_the_end_is_read_to_its_end(void **state)
{
    struct partitions *partitions = open_partitions(*state);

    assert_int_equal(partitions_take(partitions, TOPIC, 0), 0);
    known_ends[0] = 3;
    apply(*state, partitions, 0, 0);
    apply(*state, partitions, 0, 1);
    assert_false(watermark_of(partitions, 0).to_end);
    assert_int_equal(watermark_of(partitions, 0).watermark_ms, NOON + 1);
    end_at(partitions, 0, 3);
    assert_true(watermark_of(partitions, 0).to_end);
    assert_int_equal(watermark_of(partitions, 0).watermark_ms, NOON + 5000);
    known_ends[0] = 4;
    assert_false(watermark_of(partitions, 0).to_end);
    partitions_close(partitions);
}

/* As GET /consumers has it. */
static int64_t read_to(struct store *store)
{
    struct store_rows *rows = store_query(store, SQL_CONSUMERS_POSITIONS, "");

    assert_true(store_next(rows));
    int64_t position = store_int(rows, 3);
    store_rows_end(rows);
    store_rollback(store);
    return position;
}

/* What lag tools see of it: nothing is left to read. */
static void a_marker_is_no_lag(void **state)
{
    struct partitions *partitions = open_partitions(*state);
    static const char *const topics[] = { TOPIC, NULL };

    partitions_take(partitions, TOPIC, 0);
    apply(*state, partitions, 0, 0);
    end_at(partitions, 0, 2);
    partitions_report(partitions, role_metrics_open("sales", topics));
    assert_int_equal(committed[0], 2);
    assert_int_equal(read_to(*state), 2);
    /* Another log is another matter. */
    partitions_forget(partitions);
    lows[0] = highs[0] = 0;
    partitions_take(partitions, TOPIC, 0);
    assert_int_equal(read_to(*state), 0);
    partitions_close(partitions);
}

/* Six requests a second for each role cost Kafka as much as six sales. */
static void all_partitions_are_told_in_one_commit(void **state)
{
    struct partitions *partitions = open_partitions(*state);
    static const char *const topics[] = { TOPIC, NULL };
    int before = commits;

    for (int32_t i = 0; i < 6; i++) {
        partitions_take(partitions, TOPIC, i);
        apply(*state, partitions, i, 0);
    }
    partitions_report(partitions, role_metrics_open("sales", topics));
    for (int32_t i = 0; i < 6; i++)
        assert_int_equal(committed[i], 1);
    assert_int_equal(commits - before, 1);
    partitions_close(partitions);
}

/* The end came while a batch was in hand, which is not in the store yet. */
static void an_end_counts_once_what_came_before_is_committed(void **state)
{
    struct partitions *partitions = open_partitions(*state);
    struct kafka_record record = { .topic = TOPIC, .offset = 0, .value = "x", .value_length = 1 };

    partitions_take(partitions, TOPIC, 0);
    known_ends[0] = 1;
    assert_true(partitions_accept(partitions, &record));
    end_at(partitions, 0, 1);
    assert_false(watermark_of(partitions, 0).to_end);
    assert_true(store_begin(*state));
    assert_true(partitions_advance(partitions, &record, 1));
    assert_int_equal(store_commit(*state), STORE_OK);
    partitions_remember(partitions);
    assert_true(watermark_of(partitions, 0).to_end);
    partitions_close(partitions);
}

static void each_partition_is_judged_alone(void **state)
{
    struct partitions *partitions = open_partitions(*state);

    for (int32_t partition = 0; partition < 3; partition++) {
        partitions_take(partitions, TOPIC, partition);
        apply(*state, partitions, partition, 0);
        known_ends[partition] = 1;
    }
    known_ends[1] = -1; /* it has no leader */
    assert_true(watermark_of(partitions, 0).to_end);
    assert_false(watermark_of(partitions, 1).to_end);
    assert_int_equal(watermark_of(partitions, 1).watermark_ms, NOON);
    assert_true(watermark_of(partitions, 2).to_end);
    partitions_close(partitions);
}

/* All are read on; what was applied last is compared once the log can be read. */
static void one_without_a_leader_is_taken_and_verified_later(void **state)
{
    struct partitions *partitions = open_partitions(*state);
    struct kafka_record last = { .topic = TOPIC, .value = "x", .value_length = 1 };

    partitions_take(partitions, TOPIC, 0);
    apply(*state, partitions, 0, 6);
    partitions_forget(partitions);
    leaderless[0] = true;
    assert_int_equal(partitions_take(partitions, TOPIC, 0), 6);
    assert_int_equal(partitions_take(partitions, TOPIC, 1), 0);
    last.offset = 6;
    last.append_ms = NOON + 6;
    assert_false(partitions_accept(partitions, &last)); /* it is the one that was applied */
    assert_int_equal(reassigned, 0);
    apply(*state, partitions, 0, 7);

    partitions_forget(partitions);
    assert_int_equal(partitions_take(partitions, TOPIC, 0), 7);
    end_at(partitions, 0, 7); /* the log was cut: nothing stands there */
    assert_int_equal(reassigned, 1);
    partitions_forget(partitions);
    leaderless[0] = false;
    highs[0] = 7;
    assert_int_equal(partitions_take(partitions, TOPIC, 0), 0);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM alerts WHERE kind = 'kafka-lost-data'"), 1);
    partitions_close(partitions);
}

/* Power went at the broker: its log was cut to 5, and has 9 again when we come back. */
static void a_log_that_was_cut_behind_a_break_is_noticed(void **state)
{
    struct partitions *partitions = open_partitions(*state);
    struct kafka_record other = {
        .topic = TOPIC, .offset = 6, .append_ms = NOON + 60000, .value = "y", .value_length = 1
    };

    highs[0] = 9;
    assert_int_equal(partitions_take(partitions, TOPIC, 0), 0);
    apply(*state, partitions, 0, 6);
    partitions_doubt(partitions);
    assert_int_equal(reassigned, 1);
    partitions_forget(partitions);
    leaderless[0] = true; /* it need not be there to be asked */
    assert_int_equal(partitions_take(partitions, TOPIC, 0), 6);
    assert_false(partitions_accept(partitions, &other));
    assert_int_equal(reassigned, 2);
    partitions_forget(partitions);
    leaderless[0] = false;
    assert_int_equal(partitions_take(partitions, TOPIC, 0), 0);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM alerts WHERE kind = 'kafka-lost-data'"), 1);
    partitions_close(partitions);
}

/* An election that was not clean: broker 2 has a log that was cut to 5 and filled again, and
 * nothing but its id says so. */
static void a_log_that_another_broker_gives_is_verified(void **state)
{
    struct partitions *partitions = open_partitions(*state);
    struct kafka_record record = { .topic = TOPIC, .value = "x", .value_length = 1, .broker = 1 };

    highs[0] = 9;
    assert_int_equal(partitions_take(partitions, TOPIC, 0), 0);
    for (record.offset = 0; record.offset < 7; record.offset++) {
        record.append_ms = NOON + record.offset;
        assert_true(partitions_accept(partitions, &record));
    }
    record.offset = 6;
    assert_true(store_begin(*state));
    assert_true(partitions_advance(partitions, &record, 1));
    assert_int_equal(store_commit(*state), STORE_OK);
    partitions_remember(partitions);
    assert_int_equal(reassigned, 0);

    record.offset = 7;
    record.broker = 2;
    assert_false(partitions_accept(partitions, &record));
    assert_int_equal(reassigned, 1);
    partitions_forget(partitions);
    leaderless[0] = true; /* it need not be there to be asked */
    assert_int_equal(partitions_take(partitions, TOPIC, 0), 6);
    record.offset = 6; /* the same: the election was a clean one */
    assert_false(partitions_accept(partitions, &record));
    record.offset = 7;
    assert_true(partitions_accept(partitions, &record));
    assert_int_equal(reassigned, 1);
    partitions_close(partitions);
}

static void there_may_be_any_number(void **state)
{
    struct partitions *partitions = open_partitions(*state);

    for (int32_t partition = 0; partition < MANY; partition++)
        assert_int_equal(partitions_take(partitions, TOPIC, partition), 0);
    assert_int_equal(partitions_count(partitions), MANY);
    for (int32_t partition = 0; partition < MANY; partition++)
        apply(*state, partitions, partition, 0);
    assert_true(store_begin(*state));
    assert_true(partitions_pass(partitions));
    assert_int_equal(store_commit(*state), STORE_OK);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM positions WHERE next = 1"), MANY);
    partitions_close(partitions);
}

/* True where the child is ended by abort(), its words on standard error aside. */
static bool aborts(struct store *store, bool inside)
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        close(STDERR_FILENO);
        if (inside)
            store_begin(store);
        store_guard_no_write("a test");
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void nothing_waits_for_a_peer_inside_a_transaction(void **state)
{
    assert_true(aborts(*state, true));
    assert_false(aborts(*state, false));
    assert_true(store_begin(*state));
    store_rollback(*state);
    store_guard_no_write("a test");
    assert_true(store_begin(*state));
    assert_int_equal(store_commit(*state), STORE_OK);
    store_guard_no_write("a test");
    assert_true(store_begin_read(*state));
    store_guard_no_write("a test");
    store_rollback(*state);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a transaction at the end of a log is read to its end",
              a_transaction_at_the_end_is_read_to_its_end),
        CLAIM("a marker is no lag", a_marker_is_no_lag),
        CLAIM("all partitions are told in one commit", all_partitions_are_told_in_one_commit),
        CLAIM("an end counts once what came before it is committed",
              an_end_counts_once_what_came_before_is_committed),
        CLAIM("each partition is judged alone", each_partition_is_judged_alone),
        CLAIM("one without a leader is taken with the others, and verified later",
              one_without_a_leader_is_taken_and_verified_later),
        CLAIM("a log that was cut behind a break is noticed",
              a_log_that_was_cut_behind_a_break_is_noticed),
        CLAIM("a log that another broker gives is verified",
              a_log_that_another_broker_gives_is_verified),
        CLAIM("there may be any number of them", there_may_be_any_number),
        CLAIM("nothing waits for a peer inside a transaction",
              nothing_waits_for_a_peer_inside_a_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

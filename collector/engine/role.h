/* A role: a consumer group of its own and one file that decides what its records mean.
 *
 * The processor calls it inside a transaction: begin, apply for each record (or tick), end, and
 * commits; or forget, where the batch is rolled back or the partitions are gone. A role keeps
 * nothing in memory from one batch to the next that another process could change. One thread; a
 * role never sees a clock: `now_ms` and Kafka's times come in. */
#ifndef CARRITO_COLLECTOR_ROLE_H
#define CARRITO_COLLECTOR_ROLE_H

#include "collector/effects/outgoing.h"
#include "collector/kafka/kafka_in.h"
#include "collector/store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct settings;

/* What a role wants when it is asked whether something is due although no record came. */
enum role_due {
    ROLE_NOTHING_DUE,
    ROLE_DUE,          /* call tick */
    ROLE_DUE_WATERMARK /* call tick with what has passed; the brokers are asked how long logs are */
};

/* How far a partition of ours has been applied. */
struct role_watermark {
    const char *topic;
    int32_t partition;
    /* Kafka's time: all that it had of the partition then has been applied. 0: not known. */
    int64_t watermark_ms;
    /* All that it had when due() wanted to know: what was applied then of other partitions came
     * after nothing that is still unread here. */
    bool to_end;
};

struct role_time {
    int64_t now_ms;   /* the wall clock, for what waits and for nothing that is for good */
    int64_t kafka_ms; /* the greatest LogAppendTime seen anywhere; 0: not known */
    /* All that Kafka had of the role's topics at this time has been applied, by this process and
     * those that share the role with it. 0: not known, or not asked for. */
    int64_t watermark_ms;
    const struct role_watermark
        *watermarks; /* partitions of ours; none where it was not asked for */
    size_t watermark_count;
};

/* What is known of one of them; nothing, as far as it tells, of one that is not ours. */
struct role_watermark role_watermark_of(const struct role_time *time, const char *topic,
                                        int32_t partition);

/* Whether the tick follows ROLE_DUE_WATERMARK. */
bool role_asked_watermark(const struct role_time *time);

struct role_calls {
    const char *name;          /* "sales"; the group is carrito-{name} */
    const char *const *topics; /* ends with NULL; all with the same number of partitions */
    /* How long Kafka may gather records for it before it answers, and how many bytes end that
     * sooner: each answer costs Kafka and us as much as some dozen records, and while nothing
     * comes an answer is asked for that often. 0 ms: Kafka answers at the first record. */
    int gather_ms, gather_bytes;
    /* How many records of a backlog it may take at once (batch_size.h), where it writes more with
     * fewer; each has some 700 bytes of memory until then. 0: BATCH_SIZE_MIN. */
    size_t batch_max;
    /* How long after an answer to ROLE_DUE_WATERMARK it is not asked about again: a day that one
     * partition keeps open may stay so for hours. 0: as often as the role is looked at. */
    int64_t rest_ms;
    /* The settings live as long as the role. */
    void *(*open)(const struct settings *settings);
    void (*close)(void *state);
    void (*begin)(void *state, struct store *store, int64_t now_ms);
    /* What it cannot read, it hands to outgoing_dead_letter(). The record is gone afterwards. */
    void (*apply)(void *state, const struct kafka_record *record);
    /* Writes what the batch has gathered. */
    void (*end)(void *state);
    /* All that is in memory is to be read again from the store when it is next needed. */
    void (*forget)(void *state);
    /* Several times a second, outside of a transaction, while all partitions that are ours are
     * known; for days that close and times that run out. It may read the store. NULL: never. After
     * ROLE_DUE_WATERMARK the next call is tick, in a while: batches may come before it. */
    enum role_due (*due)(void *state, struct store *store, const struct role_time *time);
    /* Between begin and end of a transaction of its own, under the fence of all its partitions. */
    void (*tick)(void *state, const struct role_time *time);
    /* About once a second, between transactions, for metrics. It may read the store. */
    void (*watch)(void *state, struct store *store);
};

#define SALES_BATCH_MAX   64000
#define ROLE_GATHER_BYTES 65536 /* gather_bytes of who always waits for gather_ms */

extern const struct role_calls role_sales, role_stock, role_location, role_members, role_orders,
    role_access;

/* All of them, from 0; NULL after the last. */
const struct role_calls *role_at(size_t index);
/* By name; NULL where there is none. */
const struct role_calls *role_find(const char *name);
/* True for a comma-separated list of known roles, `api` and `notify` among them. */
bool role_list_is_valid(const char *list);
/* True where the list names the role. */
bool role_list_has(const char *list, const char *name);

#endif

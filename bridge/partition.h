/* The unconfirmed records of each partition, in the order in which they came, and whether Kafka
 * confirms anything in it: one without a leader must not hold up the others.
 *
 * Where a record with a key goes is decided here, by the partitioner that librdkafka would use, so
 * that the list of a partition and the partition itself hold the same records. Pure but for memory;
 * one thread. Times are monotonic, in ms. */
#ifndef CARRITO_BRIDGE_PARTITION_H
#define CARRITO_BRIDGE_PARTITION_H

#include "bridge/record.h"

/* A partition waits when it has confirmed nothing for so long, although records were confirmed in
 * others that were handed over so much later than its oldest. A Kafka that is slow or away as a
 * whole makes none wait. */
#define PARTITION_WAIT_MS 1000

/* A record leaves when it is done. */
struct record_list {
    struct record *first, *last;
    struct record *next; /* the first that was not handed over yet; NULL: none */
    size_t count;
    size_t handed; /* of these, at the producer */
};

struct partition {
    enum wire_topic topic;
    int32_t number; /* RECORD_BY_KEY: of records whose partition librdkafka chooses */
    struct record_list list;
    bool failed;          /* some of the list before its `next` wait again */
    int64_t retry_ms;     /* nothing is handed over before; 0: at once */
    int64_t confirmed_ms; /* the last of its records was confirmed then; 0: none was */
    bool waits;           /* its records are waited for by nobody else */
    bool is_busy;         /* among partitions.busy */
};

struct partitions {
    int32_t counts[WIRE_BRIDGE_USES];        /* as Kafka said last; 0: not known */
    struct partition **of[WIRE_BRIDGE_USES]; /* by number + 1 */
    int32_t made[WIRE_BRIDGE_USES];          /* how many of them there are */
    struct partition **busy;                 /* those with records, in no order */
    size_t busy_count, busy_room;
    size_t records;         /* in all lists */
    size_t records_waiting; /* of these, in partitions that wait */
    size_t waiting;         /* partitions that wait */
    bool changed;           /* `waiting`, since the caller said so last */
    unsigned resumed;       /* how often one ceased to wait */
};

void partitions_free(struct partitions *all);
/* Where the record goes. Lives until partitions_free(). */
struct partition *partitions_find(struct partitions *all, const struct record *record);
/* The record is its partition's (record->of), and the last in it. */
void partitions_add(struct partitions *all, struct record *record);
/* Done with: the record is its owner's again. */
void partitions_remove(struct partitions *all, struct record *record);
/* Forgets those that are empty. */
void partitions_tidy(struct partitions *all);

/* The partition begins to wait, where it does not; or ends it. */
void partition_wait(struct partitions *all, struct partition *partition);
void partition_resume(struct partitions *all, struct partition *partition);
/* Whether it should wait, by the newest record that any partition has confirmed: `overtaken_ms` is
 * when that was handed over. */
bool partition_is_overtaken(const struct partition *partition, int64_t overtaken_ms);
/* What Kafka says of a topic: so many partitions. */
void partitions_count(struct partitions *all, enum wire_topic topic, int32_t count);
/* What Kafka says of one of them. Only a confirmed record ends the wait of one that has records. */
void partitions_note_leader(struct partitions *all, const struct record *place, bool has_leader);
/* Those that wait, for people: "carrito.sales/3, carrito.presence/3 and 4 more". */
void partitions_waiting_text(const struct partitions *all, char *text, size_t size);

/* The same without a partition, for what is perishable. */
void record_list_append(struct record_list *list, struct record *record);
void record_list_remove(struct record_list *list, struct record *record);

#endif

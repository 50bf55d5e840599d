/* A lease for each queue. */
#include "collector/effects/effect_queues.h"

#include "effects_sql.h"

#include <stdio.h>
#include <string.h>

#define LEASES    "effects/"
#define LOOK_MS   500
#define LOOKS_MAX 64 /* names in one look */

static struct effect_queue *find(const struct effect_queues *queues, const char *name)
{
    for (size_t i = 0; i < queues->count; i++)
        if (strcmp(queues->all[i].name, name) == 0)
            return (struct effect_queue *)&queues->all[i];
    return NULL;
}

static void add(struct effect_queues *queues, const char *name, int64_t mono_ms)
{
    if (queues->count == EFFECT_QUEUES_MAX || strlen(name) >= EFFECT_QUEUE_SIZE ||
        find(queues, name) != NULL)
        return;
    struct effect_queue *queue = &queues->all[queues->count++];
    *queue = (struct effect_queue){ .seen_mono_ms = mono_ms };
    snprintf(queue->name, sizeof queue->name, "%s", name);
    snprintf(queue->lease_name, sizeof queue->lease_name, LEASES "%s", name);
}

/* The next name after this one; false where there is none. */
static bool next_name(struct store *store, const char *sql, char name[EFFECT_QUEUE_SIZE + 16])
{
    struct store_rows *rows = store_query(store, sql, "t", name);
    bool found = store_next(rows) && !store_is_null(rows, 0);

    if (found)
        snprintf(name, EFFECT_QUEUE_SIZE + 16, "%s", store_text(rows, 0));
    store_rows_end(rows);
    return found;
}

static bool has_rows(struct store *store, const struct effect_queue *queue)
{
    return store_has(store, SQL_EFFECT_QUEUE_ANY, "t", queue->name);
}

/* Queues with rows, and leases that somebody has left behind. */
static void look(struct effect_queues *queues, struct store *store, int64_t mono_ms)
{
    char name[EFFECT_QUEUE_SIZE + 16] = "";

    if (store_has(store, SQL_EFFECT_QUEUE_ANY, "t", ""))
        add(queues, "", mono_ms);
    for (int i = 0; i < LOOKS_MAX && next_name(store, SQL_EFFECT_QUEUE_NEXT, name); i++)
        add(queues, name, mono_ms);
    snprintf(name, sizeof name, LEASES);
    for (int i = 0; i < LOOKS_MAX && next_name(store, SQL_EFFECT_LEASE_NEXT, name); i++)
        add(queues, name + strlen(LEASES), mono_ms);
}

/* One of another process may be about to take its own lease for the first time. */
static bool may_take(struct store *store, const struct effect_queue *queue, int64_t mono_ms)
{
    return queue->name[0] == '\0' || mono_ms - queue->seen_mono_ms >= EFFECT_ORPHAN_MS ||
           store_has(store, SQL_EFFECT_LEASE_ANY, "t", queue->lease_name);
}

/* Its name is beside it, and moves with the queue. */
static struct lease *lease_of(struct effect_queue *queue)
{
    queue->lease.name = queue->lease_name;
    return &queue->lease;
}

static void forget(struct effect_queues *queues, size_t i)
{
    queues->count--;
    memmove(&queues->all[i], &queues->all[i + 1], (queues->count - i) * sizeof queues->all[0]);
}

/* An empty queue of a process that is gone needs no lease any more. */
static void give_up_empty(struct effect_queues *queues, struct store *store)
{
    for (size_t i = queues->count; i-- > 1;) {
        struct effect_queue *queue = &queues->all[i];
        if (has_rows(store, queue) || store_status(store) != STORE_OK)
            continue;
        if (queue->lease.held)
            store_run(store, SQL_EFFECT_LEASE_END, "tt", queue->lease_name, queue->lease.owner);
        else if (store_has(store, SQL_EFFECT_LEASE_ANY, "t", queue->lease_name))
            continue; /* of one that lives, or is watched until it has stood still */
        forget(queues, i);
    }
}

void effect_queues_keep(struct effect_queues *queues, struct store *store, const char *own,
                        int64_t mono_ms)
{
    if (queues->count == 0)
        add(queues, own, mono_ms);
    lease_keep(lease_of(&queues->all[0]), store, mono_ms);
    for (size_t i = 1; i < queues->count; i++)
        if (queues->all[i].lease.held)
            lease_keep(lease_of(&queues->all[i]), store, mono_ms);
    if (queues->looked && mono_ms - queues->looked_mono_ms < LOOK_MS)
        return;
    queues->looked = true;
    queues->looked_mono_ms = mono_ms;
    look(queues, store, mono_ms);
    for (size_t i = 1; i < queues->count; i++)
        if (!queues->all[i].lease.held && may_take(store, &queues->all[i], mono_ms))
            lease_keep(lease_of(&queues->all[i]), store, mono_ms);
    give_up_empty(queues, store);
}

bool effect_queues_is_ours(const struct effect_queues *queues, const char *name, int64_t mono_ms)
{
    const struct effect_queue *queue = find(queues, name);

    return queue != NULL && lease_is_ours(&queue->lease, mono_ms);
}

bool effect_queues_fence(struct effect_queues *queues, struct store *store, const char *name)
{
    struct effect_queue *queue = find(queues, name);

    return queue != NULL && queue->lease.held && lease_fence(lease_of(queue), store);
}

void effect_queues_release(struct effect_queues *queues, struct store *store)
{
    for (size_t i = 0; i < queues->count; i++)
        lease_release(lease_of(&queues->all[i]), store);
    queues->count = 0;
    queues->looked = false;
}

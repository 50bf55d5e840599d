/* Lists, and a table of partitions that grows with what Kafka says. */
#include "bridge/partition.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMED_MAX 4 /* in a text; the others are counted */

void record_list_append(struct record_list *list, struct record *record)
{
    record->previous = list->last;
    record->next = NULL;
    if (list->last != NULL)
        list->last->next = record;
    else
        list->first = record;
    list->last = record;
    if (list->next == NULL)
        list->next = record;
    list->count++;
}

void record_list_remove(struct record_list *list, struct record *record)
{
    if (record->previous != NULL)
        record->previous->next = record->next;
    else
        list->first = record->next;
    if (record->next != NULL)
        record->next->previous = record->previous;
    else
        list->last = record->previous;
    if (list->next == record)
        list->next = record->next;
    list->count--;
    record->previous = record->next = NULL;
}

void partitions_free(struct partitions *all)
{
    for (size_t topic = 0; topic < WIRE_BRIDGE_USES; topic++) {
        for (int32_t i = 0; i < all->made[topic]; i++)
            free(all->of[topic][i]);
        free(all->of[topic]);
    }
    free(all->busy);
    *all = (struct partitions){ 0 };
}

static void *grown(void *array, size_t size)
{
    void *larger = realloc(array, size);

    if (larger == NULL)
        abort();
    return larger;
}

/* Records point at partitions, so that each has its own memory. */
static struct partition *at(struct partitions *all, enum wire_topic topic, int32_t number)
{
    int32_t *made = &all->made[topic], wanted = number + 2;

    if (wanted > *made)
        all->of[topic] = grown(all->of[topic], (size_t)wanted * sizeof(struct partition *));
    for (; *made < wanted; ++*made) {
        struct partition *partition = calloc(1, sizeof *partition);
        if (partition == NULL)
            abort();
        partition->topic = topic;
        partition->number = *made - 1;
        all->of[topic][*made] = partition;
    }
    return all->of[topic][number + 1];
}

struct partition *partitions_find(struct partitions *all, const struct record *record)
{
    int32_t count = all->counts[record->topic], number = record->partition;

    if (number < 0 && record->key_length > 0 && count > 0)
        number = rd_kafka_msg_partitioner_murmur2(NULL, record->key, record->key_length, count,
                                                  NULL, NULL);
    return at(all, record->topic, number);
}

void partitions_add(struct partitions *all, struct record *record)
{
    struct partition *partition = record->of = partitions_find(all, record);

    if (!partition->is_busy) {
        if (all->busy_count == all->busy_room)
            all->busy = grown(all->busy, (all->busy_room = all->busy_room * 2 + 16) *
                                             sizeof(struct partition *));
        all->busy[all->busy_count++] = partition;
        partition->is_busy = true;
    }
    record_list_append(&partition->list, record);
    all->records++;
    all->records_waiting += partition->waits;
}

void partitions_remove(struct partitions *all, struct record *record)
{
    record_list_remove(&record->of->list, record);
    all->records--;
    all->records_waiting -= record->of->waits;
}

void partitions_tidy(struct partitions *all)
{
    for (size_t i = 0; i < all->busy_count;) {
        struct partition *partition = all->busy[i];
        if (partition->list.count > 0) {
            i++;
            continue;
        }
        partition->is_busy = partition->failed = false;
        partition->retry_ms = 0;
        all->busy[i] = all->busy[--all->busy_count];
    }
}

void partition_wait(struct partitions *all, struct partition *partition)
{
    if (partition->waits)
        return;
    partition->waits = all->changed = true;
    all->waiting++;
    all->records_waiting += partition->list.count;
}

void partition_resume(struct partitions *all, struct partition *partition)
{
    if (!partition->waits)
        return;
    partition->waits = false;
    all->changed = true;
    all->waiting--;
    all->resumed++;
    all->records_waiting -= partition->list.count;
}

bool partition_is_overtaken(const struct partition *partition, int64_t overtaken_ms)
{
    const struct record *oldest = partition->list.first;

    if (oldest == NULL || oldest->handed_ms == 0)
        return false;
    int64_t since_ms =
        oldest->handed_ms > partition->confirmed_ms ? oldest->handed_ms : partition->confirmed_ms;
    return overtaken_ms - since_ms >= PARTITION_WAIT_MS;
}

void partitions_count(struct partitions *all, enum wire_topic topic, int32_t count)
{
    all->counts[topic] = count;
    /* One that is gone confirms nothing any more, and nobody says so of it. */
    for (int32_t i = count + 1; i < all->made[topic]; i++)
        if (all->of[topic][i]->list.count == 0)
            partition_resume(all, all->of[topic][i]);
}

void partitions_note_leader(struct partitions *all, const struct record *place, bool has_leader)
{
    struct partition *partition = partitions_find(all, place);

    if (!has_leader)
        partition_wait(all, partition);
    else if (partition->list.count == 0)
        partition_resume(all, partition);
}

void partitions_waiting_text(const struct partitions *all, char *text, size_t size)
{
    size_t length = 0, named = 0;

    text[0] = '\0';
    for (size_t topic = 0; topic < WIRE_BRIDGE_USES; topic++)
        for (int32_t i = 0; i < all->made[topic] && length < size && named < NAMED_MAX; i++)
            if (all->of[topic][i]->waits)
                length += (size_t)snprintf(text + length, size - length, "%s%s/%d",
                                           named++ > 0 ? "," : "",
                                           wire_topic_name((enum wire_topic)topic), i - 1);
    if (all->waiting > named && length < size)
        snprintf(text + length, size - length, " and %zu more", all->waiting - named);
}

/* A ring of orders as they are on the wire, which is a quarter of their size in memory, and a table
 * that leads from an id into it. */
#include "collector/orders/order_recent.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096 /* a power of two; ids are random, so their first digits will do */
#define NONE    (-1)

struct entry {
    char id[ORDER_ID_SIZE];
    char *text;   /* NULL: free */
    int32_t next; /* of the same bucket */
};

struct order_recent {
    pthread_mutex_t lock;
    struct entry ring[ORDER_RECENT_MAX];
    int32_t first[BUCKETS];
    size_t turn;
};

static size_t bucket_of(const char *id)
{
    size_t number = 0;

    for (size_t i = 0; i < 3; i++)
        number = number * 16 + (size_t)(id[i] <= '9' ? id[i] - '0' : id[i] - 'a' + 10);
    return number % BUCKETS;
}

struct order_recent *order_recent_open(void)
{
    struct order_recent *recent = calloc(1, sizeof *recent);

    if (recent == NULL)
        abort();
    pthread_mutex_init(&recent->lock, NULL);
    for (size_t i = 0; i < BUCKETS; i++)
        recent->first[i] = NONE;
    return recent;
}

void order_recent_close(struct order_recent *recent)
{
    if (recent == NULL)
        return;
    for (size_t i = 0; i < ORDER_RECENT_MAX; i++)
        free(recent->ring[i].text);
    pthread_mutex_destroy(&recent->lock);
    free(recent);
}

static void unlink_entry(struct order_recent *recent, int32_t index)
{
    int32_t *link = &recent->first[bucket_of(recent->ring[index].id)];

    while (*link != index)
        link = &recent->ring[*link].next;
    *link = recent->ring[index].next;
}

void order_recent_add(struct order_recent *recent, const struct order *order)
{
    struct buffer text = { 0 };

    order_write_request(order, &text);
    pthread_mutex_lock(&recent->lock);
    int32_t index = (int32_t)(recent->turn++ % ORDER_RECENT_MAX);
    struct entry *entry = &recent->ring[index];
    if (entry->text != NULL)
        unlink_entry(recent, index);
    free(entry->text);
    entry->text = text.bytes;
    memcpy(entry->id, order->id, sizeof entry->id);
    entry->next = recent->first[bucket_of(entry->id)];
    recent->first[bucket_of(entry->id)] = index;
    pthread_mutex_unlock(&recent->lock);
}

bool order_recent_find(struct order_recent *recent, const char *id, struct order *order)
{
    struct json_reason why;
    bool found = false;

    pthread_mutex_lock(&recent->lock);
    int32_t at = recent->first[bucket_of(id)];
    while (at != NONE && strcmp(recent->ring[at].id, id) != 0)
        at = recent->ring[at].next;
    if (at != NONE)
        found = order_read_request(recent->ring[at].text, strlen(recent->ring[at].text),
                                   INTEGER_MAX, order, &why);
    pthread_mutex_unlock(&recent->lock);
    return found;
}

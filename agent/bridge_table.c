/* Remembers hashes, not names: a simulator has ten thousand of these tables, and a clash of two
 * 64-bit hashes only makes a cart send while no bridge listens, which costs a repetition. */
#include "agent/bridge_table.h"

#include "common/fnv.h"

#include <string.h>

static uint64_t hash_of(const char *id, size_t length)
{
    uint64_t hash = fnv_1a(id, length);
    return hash ? hash : 1;
}

static uint64_t *slot_of(struct bridge_table *table, uint64_t hash)
{
    for (size_t i = 0; i < BRIDGES_MAX; i++)
        if (table->online[i] == hash)
            return &table->online[i];
    return NULL;
}

void bridge_table_clear(struct bridge_table *table)
{
    memset(table, 0, sizeof *table);
}

void bridge_table_note(struct bridge_table *table, const char *id, size_t length, bool online)
{
    uint64_t hash = hash_of(id, length);
    uint64_t *slot = slot_of(table, hash);
    if (!online && slot)
        *slot = 0;
    if (online && !slot && (slot = slot_of(table, 0)))
        *slot = hash;
}

bool bridge_table_any_online(const struct bridge_table *table)
{
    for (size_t i = 0; i < BRIDGES_MAX; i++)
        if (table->online[i] != 0)
            return true;
    return false;
}

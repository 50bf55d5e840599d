/* Which bridges are announced online, as the broker's retained messages say. Pure. */
#ifndef CARRITO_BRIDGE_TABLE_H
#define CARRITO_BRIDGE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One bridge per broker is the rule; more are there while one takes over from another. When the
 * table is full of bridges that are online, one more changes nothing and is not remembered. */
#define BRIDGES_MAX 4

struct bridge_table {
    uint64_t online[BRIDGES_MAX]; /* hash of the bridge's id; 0: free */
};

/* All forgotten: what was announced on another connection counts no more. */
void bridge_table_clear(struct bridge_table *table);
void bridge_table_note(struct bridge_table *table, const char *id, size_t length, bool online);
bool bridge_table_any_online(const struct bridge_table *table);

#endif

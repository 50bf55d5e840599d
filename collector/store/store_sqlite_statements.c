/* An open hash table that doubles. */
#include "collector/store/store_sqlite_statements.h"

#include <stdint.h>
#include <stdlib.h>

#define ROOM_MIN 256

struct prepared {
    const char *key;
    sqlite3_stmt *statement;
};

static struct prepared *find(struct prepared *cache, size_t room, const char *key)
{
    size_t slot = ((uintptr_t)key >> 3) % room;

    while (cache[slot].key != NULL && cache[slot].key != key)
        slot = (slot + 1) % room;
    return &cache[slot];
}

static void grow(struct statements *statements)
{
    size_t room = statements->room > 0 ? 2 * statements->room : ROOM_MIN;
    struct prepared *cache = calloc(room, sizeof *cache);

    if (cache == NULL)
        abort();
    for (size_t i = 0; i < statements->room; i++)
        if (statements->cache[i].key != NULL)
            *find(cache, room, statements->cache[i].key) = statements->cache[i];
    free(statements->cache);
    statements->cache = cache;
    statements->room = room;
}

sqlite3_stmt **statements_find(struct statements *statements, const char *key)
{
    if (2 * statements->used >= statements->room)
        grow(statements);
    struct prepared *prepared = find(statements->cache, statements->room, key);
    statements->used += prepared->key == NULL ? 1 : 0;
    prepared->key = key;
    return &prepared->statement;
}

void statements_free(struct statements *statements)
{
    for (size_t i = 0; i < statements->room; i++)
        sqlite3_finalize(statements->cache[i].statement);
    free(statements->cache);
}

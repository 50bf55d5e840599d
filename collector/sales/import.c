/* Sorts the lines of an import out. */
#include "collector/sales/import.h"
#include "collector/hash.h"
#include "collector/kafka/event_out.h"
#include "collector/kafka/outgoing.h"

#include "import_sql.h"

#include <stdio.h>
#include <string.h>

#define SOURCE_SIZE       128
#define REFUSED_BYTES_MAX 65536 /* of a line that is no event, to be kept */

static void refuse(struct import *import, const struct event_bytes *line, const char *reason)
{
    char digest[33], id[64];

    hash_text(line->bytes, line->length, digest);
    snprintf(id, sizeof id, "import/%s", digest);
    outgoing_add(import->store, &(struct outgoing){ .id = id,
                                                    .topic = TOPIC_DEAD_LETTERS,
                                                    .value = line->bytes,
                                                    .value_length = line->length < REFUSED_BYTES_MAX
                                                                        ? line->length
                                                                        : REFUSED_BYTES_MAX,
                                                    .error = reason,
                                                    .source = line->source });
    import->refused++;
}

/* The same event, by the bytes where the store knows them: of positions it keeps the place only. */
static bool is_stored(struct store *store, const struct event *event,
                      const struct event_bytes *line)
{
    bool found;
    struct store_rows *rows =
        event->type == EVENT_LOCATION
            ? store_query(store, SQL_IMPORT_FIX, "ti", event->cart, event->ts_ms)
            : store_query(store, SQL_IMPORT_EVENT, "tti", event->cart, event->epoch, event->seq);

    found = store_next(rows) && (event->type == EVENT_LOCATION ||
                                 store_int(rows, 0) == hash_bytes(line->bytes, line->length));
    store_rows_end(rows);
    return found;
}

static void take(struct import *import, const struct event *event, const struct event_bytes *line)
{
    enum event_owed owed = EVENT_OWED_BEFORE;

    if (!is_stored(import->store, event, line))
        owed = event_owe(import->store, event, line);
    if (owed == EVENT_CONFLICT)
        refuse(import, line, "another content under this identity is on its way");
    else if (owed == EVENT_OWED)
        import->added++;
    else
        import->duplicate++;
}

void import_line(struct import *import, const char *bytes, size_t length)
{
    char source[SOURCE_SIZE];
    struct json_reason why;
    struct event event;

    snprintf(source, sizeof source, "import:%s", import->user);
    if (length > 0 && bytes[length - 1] == '\r')
        length--;
    struct event_bytes line = { bytes, length, source };
    if (length == 0)
        return;
    if (event_read(bytes, length, &event, &why))
        take(import, &event, &line);
    else
        refuse(import, &line, why.text);
}

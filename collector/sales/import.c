/* Sorts the lines of an import out. */
#include "collector/sales/import.h"
#include "collector/base/hash.h"
#include "collector/carts/cart_word.h"
#include "collector/effects/event_out.h"
#include "collector/effects/outgoing.h"

#include "import_sql.h"

#include "common/json_read.h"

#include <stdio.h>
#include <string.h>

#define SOURCE_SIZE       128
#define REFUSED_BYTES_MAX 65536 /* of a line that is no event, to be kept */
#define COUNTS_BYTES_MAX  16384
#define COUNTS_DEPTH_MAX  4

static void refuse(struct import *import, const struct event_bytes *line,
                   const struct json_reason *why)
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
                                                    .why = why,
                                                    .source = line->source });
    import->refused++;
}

enum stored { STORED_NOT, STORED_SAME, STORED_OTHER };

/* By the bytes where the store knows them: of positions it keeps the place only. */
static enum stored look_up(struct store *store, const struct event *event,
                           const struct event_bytes *line)
{
    enum stored stored = STORED_NOT;
    struct store_rows *rows =
        event->type == EVENT_LOCATION
            ? store_query(store, SQL_IMPORT_FIX, "ti", event->cart, event->ts_ms)
            : store_query(store, SQL_IMPORT_EVENT, "tti", event->cart, event->epoch, event->seq);

    if (store_next(rows)) {
        bool same = event->type == EVENT_LOCATION ||
                    store_int(rows, 0) == hash_bytes(line->bytes, line->length);
        stored = same ? STORED_SAME : STORED_OTHER;
    }
    store_rows_end(rows);
    return stored;
}

static void take(struct import *import, const struct event *event, const struct event_bytes *line)
{
    enum stored stored = look_up(import->store, event, line);
    enum event_enqueued queued = EVENT_ENQUEUED_BEFORE;
    struct json_reason why;

    snprintf(import->cart, sizeof import->cart, "%s", event->cart);
    snprintf(import->epoch, sizeof import->epoch, "%s", event->epoch);
    if (stored != STORED_SAME)
        queued = event_enqueue(import->store, event, line);
    if (queued == EVENT_CONFLICT) {
        json_refuse(&why, "", SAY_REASON_EVENT_UNDER_WAY());
        refuse(import, line, &why);
    } else if (stored == STORED_OTHER) {
        import->refused++; /* goes to the role, which sets it aside and says so */
    } else if (queued == EVENT_ENQUEUED) {
        import->added++;
    } else {
        import->duplicate++;
    }
}

/* The line of totals; false where it is none. Without an event before it nobody knows whose. */
static bool take_counts(const struct import *import, const struct event_bytes *line)
{
    struct json_reason why;
    cJSON *object =
        json_read_object(line->bytes, line->length, COUNTS_BYTES_MAX, COUNTS_DEPTH_MAX, &why);
    const cJSON *counts = cJSON_GetObjectItemCaseSensitive(object, "counts");
    bool is = cJSON_IsObject(counts) && cJSON_GetObjectItemCaseSensitive(object, "type") == NULL;

    if (is && import->cart[0] != '\0')
        cart_word_keep(import->store, counts,
                       &(struct cart_word){ .cart = import->cart,
                                            .epoch = import->epoch,
                                            .at_ms = import->now_ms,
                                            .now_ms = import->now_ms,
                                            .way = { .offline = 1, .queued = 1 } });
    cJSON_Delete(object);
    return is;
}

/* What editors and systems put around a line: a byte order mark, line ends, blanks, the sign that
 * ended files under DOS. Its bytes without them are the event's, as its cart would have sent it. */
static struct event_bytes trimmed(const char *bytes, size_t length)
{
    static const char mark[] = "\xef\xbb\xbf", ends[] = " \t\x1a";

    while (length >= sizeof mark - 1 && memcmp(bytes, mark, sizeof mark - 1) == 0) {
        bytes += sizeof mark - 1;
        length -= sizeof mark - 1;
    }
    while (length > 0 && memchr(ends, bytes[length - 1], sizeof ends - 1) != NULL)
        length--;
    while (length > 0 && memchr(ends, *bytes, sizeof ends - 1) != NULL) {
        bytes++;
        length--;
    }
    return (struct event_bytes){ .bytes = bytes, .length = length };
}

static void take_line(struct import *import, const char *bytes, size_t length)
{
    char source[SOURCE_SIZE];
    struct json_reason why;
    struct event event;
    struct event_bytes line = trimmed(bytes, length);

    snprintf(source, sizeof source, WIRE_FROM_IMPORT "%s", import->user);
    line.source = source;
    if (line.length == 0)
        return;
    if (event_read(line.bytes, line.length, &event, &why))
        take(import, &event, &line);
    else if (!take_counts(import, &line))
        refuse(import, &line, &why);
}

void import_line(struct import *import, const char *bytes, size_t length)
{
    const char *end = bytes + length;

    /* A carriage return ends a line too: it is in no event, where JSON has it escaped. */
    for (const char *stop; bytes < end; bytes = stop + 1) {
        stop = memchr(bytes, '\r', (size_t)(end - bytes));
        stop = stop != NULL ? stop : end;
        take_line(import, bytes, (size_t)(stop - bytes));
    }
}

/* The tables `beats` and `carts` as far as silence goes. */
#include "collector/location/silence_store.h"
#include "collector/carts/cart_state.h"

#include "silence_sql.h"

#include "common/buffer.h"

#include <stdlib.h>
#include <string.h>

/* "from-to from-to": the gaps of a line are read and written only as a whole. */
static void read_gaps(struct silence_line *line, const char *text)
{
    char *at = (char *)text;

    while (text != NULL && *at != '\0' && line->gap_count < SILENCE_GAPS_MAX) {
        struct silence_gap gap = { .from_ms = strtoll(at, &at, 10) };
        if (*at != '-')
            return;
        gap.to_ms = strtoll(at + 1, &at, 10);
        silence_take_gap(line, &gap);
        while (*at == ' ')
            at++;
    }
}

static void load_lines(struct silence *silence, struct store *store, int32_t partition)
{
    struct store_rows *rows = store_query(store, SQL_BEATS_READ, "i", (int64_t)partition);

    while (store_next(rows)) {
        struct silence_line *line = silence_line(silence, partition, store_text(rows, 0));
        line->beat_ms = store_int(rows, 1);
        line->mqtt = store_int(rows, 2) != 0;
        line->down_ms = store_int(rows, 3);
        line->told = store_int(rows, 4) != 0;
        read_gaps(line, store_text(rows, 5));
        line->next = store_int(rows, 6);
        line->gaps_merged = (size_t)store_int(rows, 7);
    }
}

void silence_load(struct silence *silence, struct store *store, int32_t partition,
                  const struct silence_limits *limits)
{
    load_lines(silence, store, partition);
    struct store_rows *rows =
        store_query(store, SQL_TIMERS_READ, "itt", (int64_t)partition, cart_state_names[CART_HEARD],
                    cart_state_names[CART_SILENT]);
    while (store_next(rows)) {
        const char *bridge = store_text(rows, 2);
        silence_word(silence,
                     &(struct silence_word){
                         .cart = store_text(rows, 0),
                         .heard_ms = store_int(rows, 1),
                         .bridge = bridge != NULL ? bridge : "",
                         .partition = partition,
                         .place = (size_t)store_int(rows, 4),
                         .limit_ms = store_int(rows, 3) != 0 ? limits->phone_ms : limits->cart_ms,
                     });
    }
}

static void save_gaps(struct silence_line *line, struct store *store)
{
    struct buffer text = { 0 };

    buffer_text(&text, "");
    for (size_t i = 0; i < line->gap_count; i++)
        buffer_format(&text, "%s%lld-%lld", i > 0 ? " " : "", (long long)line->gaps[i].from_ms,
                      (long long)line->gaps[i].to_ms);
    store_run(store, SQL_BEATS_GAPS, "tti", text.bytes, line->bridge, (int64_t)line->partition);
    buffer_free(&text);
}

void silence_save(struct silence *silence, struct store *store)
{
    for (size_t i = 0; i < silence_line_count(silence); i++) {
        struct silence_line *line = silence_line_at(silence, i);
        if (!line->changed)
            continue;
        store_run(store, SQL_BEATS_WRITE, "tiiiiiii", line->bridge, (int64_t)line->partition,
                  line->beat_ms, (int64_t)line->mqtt, line->down_ms, (int64_t)line->told,
                  line->next, (int64_t)line->gaps_merged);
        if (line->gap_changed)
            save_gaps(line, store);
        line->changed = line->gap_changed = false;
    }
}

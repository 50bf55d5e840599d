/* Reads, judges, and says it. */
#include "collector/sales/closing.h"
#include "collector/carts/cart_state.h"

#include "collector/sales/daily_row.h"

#include "closing_sql.h"

#include "common/day.h"
#include "common/event.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ROWS_AT_ONCE 100
#define LATE_MS_MAX  (12 * 3600000LL) /* after the day, that it may still be closed */
#define NAMED_MAX    6                /* carts that a sentence names; then it says how many more */

/* `{n}` is how many, `{t}` since when. */
static const struct {
    const char *name, *text[LANGS];
} todos[CLOSING_TODOS] = {
    [CLOSING_AGREES] = { "agrees", { "cuadra", "agrees" } },
    [CLOSING_NOTHING] = { "nothing-sold", { "no vendió", "sold nothing" } },
    [CLOSING_GAPS] = { "receipts-missing",
                       { "faltan ventas ({n}): que se conecte, o traer su tarjeta",
                         "receipts missing ({n}): let it connect, or bring its card" } },
    [CLOSING_DIFFERS] = { "differs",
                          { "el carro cuenta otra cosa: ver Auditoría, o traer su tarjeta",
                            "the cart counts something else: see Audit, or bring its card" } },
    [CLOSING_WAITING] = { "waiting",
                          { "tiene {n} por enviar: dejarlo encendido donde haya señal",
                            "has {n} to send: leave it on where there is a signal" } },
    [CLOSING_OPEN] = { "not-closed",
                       { "falta cerrar: que el vendedor cierre el día en el carro",
                         "not closed: let the vendor close the day on the cart" } },
    [CLOSING_NOT_SAID] = { "not-confirmed",
                           { "falta que confirme: encenderlo un momento",
                             "not confirmed yet: turn it on for a moment" } },
    [CLOSING_SILENT] = { "no-signal", { "sin señal desde {t}", "no signal since {t}" } },
    [CLOSING_NEVER] = { "never-heard", { "nunca se ha oído", "never heard" } },
};

static bool was_there(const struct closing_row *row)
{
    return row->heard_ms >= day_start_ms(row->day);
}

enum closing_todo closing_judge(const struct closing_row *row)
{
    enum cart_state state = cart_state_from_name(row->state);
    bool heard = state == CART_HEARD, offline = state == CART_OFFLINE;

    if (strcmp(row->complete, "true") == 0)
        return CLOSING_AGREES;
    if (row->missing > 0)
        return CLOSING_GAPS;
    if (strcmp(row->complete, "false") == 0)
        return CLOSING_DIFFERS;
    if (row->heard_ms == EVENT_ABSENT)
        return CLOSING_NEVER;
    if ((heard || offline) && row->waiting > 0)
        return CLOSING_WAITING;
    /* What it sells later is of another day. */
    bool is_over = row->heard_ms >= day_start_ms(row->day + 1) || row->closed_ms != EVENT_ABSENT ||
                   (offline && was_there(row));
    if (row->sales == 0 && is_over && (heard || offline))
        return CLOSING_NOTHING;
    if (heard)
        return is_over ? CLOSING_NOT_SAID : CLOSING_OPEN;
    return offline && was_there(row) ? CLOSING_NOT_SAID : CLOSING_SILENT;
}

bool closing_is_good(const struct closing_row *row)
{
    return row->todo == CLOSING_AGREES || row->todo == CLOSING_NOTHING;
}

const char *closing_todo_name(enum closing_todo todo)
{
    return todos[todo].name;
}

/* The clock, with the date where it is another one than the day's. */
static void add_since(const struct closing_row *row, struct buffer *out)
{
    char text[CLOCK_TEXT_SIZE], day[DAY_TEXT_SIZE];

    clock_text(row->heard_ms, text);
    day_text(row->day, day);
    bool same = strncmp(text, day, DAY_TEXT_SIZE - 1) == 0;
    buffer_text(out, same ? text + DAY_TEXT_SIZE : text);
}

void closing_todo_text(const struct closing_row *row, enum lang lang, struct buffer *out)
{
    const char *text = todos[row->todo].text[lang], *mark = strchr(text, '{');

    if (mark == NULL) {
        buffer_text(out, text);
        return;
    }
    buffer_append(out, text, (size_t)(mark - text));
    if (mark[1] == 't')
        add_since(row, out);
    else
        buffer_int(out, row->todo == CLOSING_GAPS ? row->missing : row->waiting);
    buffer_text(out, mark + strlen("{n}"));
}

static int64_t int_or_absent(struct store_rows *rows, int column)
{
    return store_is_null(rows, column) ? EVENT_ABSENT : store_int(rows, column);
}

static int64_t count_missing(struct store *store, const struct closing_row *row)
{
    struct store_rows *rows =
        store_query(store, SQL_CLOSING_GAPS, "ti", row->cart, (int64_t)row->day);
    int64_t missing = store_next(rows) ? store_int(rows, 0) : 0;

    store_rows_end(rows);
    return missing;
}

static int64_t find_closed(struct store *store, const struct closing_row *row)
{
    int64_t begin_ms = day_start_ms(row->day), end_ms = day_start_ms(row->day + 1);
    struct store_rows *rows = store_query(store, SQL_CLOSING_CLOSED, "tiii", row->cart, begin_ms,
                                          end_ms + LATE_MS_MAX, end_ms);
    int64_t closed_ms = store_next(rows) ? int_or_absent(rows, 0) : EVENT_ABSENT;

    store_rows_end(rows);
    return closed_ms;
}

static void read_row(struct store_rows *rows, int32_t day, struct closing_row *row)
{
    const char *state = store_text(rows, 4);

    *row = (struct closing_row){ .day = day,
                                 .quantity = store_int(rows, 1),
                                 .amount = store_int(rows, 2),
                                 .sales = store_int(rows, 3),
                                 .waiting = int_or_absent(rows, 5),
                                 .heard_ms = int_or_absent(rows, 6) };
    snprintf(row->cart, sizeof row->cart, "%s", store_text(rows, 0));
    snprintf(row->state, sizeof row->state, "%s", state != NULL ? state : "");
}

size_t closing_read(struct store *store, struct closing_page *page, struct closing_row *rows,
                    size_t max)
{
    size_t count = 0;
    struct store_rows *found = store_query(store, SQL_CLOSING_PAGE, "itii", (int64_t)page->day,
                                           page->after, day_start_ms(page->day + 1), (int64_t)max);

    for (; count < max && store_next(found); count++)
        read_row(found, page->day, &rows[count]);
    store_rows_end(found);
    for (size_t i = 0; i < count; i++) {
        rows[i].closed_ms = find_closed(store, &rows[i]);
        rows[i].complete = daily_complete(store, rows[i].cart, rows[i].day);
        rows[i].missing = count_missing(store, &rows[i]);
        rows[i].todo = closing_judge(&rows[i]);
    }
    if (count > 0)
        memcpy(page->after, rows[count - 1].cart, sizeof page->after);
    return count;
}

/* What the sentence is made of: "18 de 20 carros cuadran; faltan A (…), B (…) y 3 más." */
static const struct {
    const char *none, *all_one, *all, *some, *one_lacks, *lack, *more;
} sentences[LANGS] = {
    [LANG_ES] = { "No hay carros en este día.", "El carro cuadra.",
                  "Los %" PRId64 " carros cuadran.", "%" PRId64 " de %" PRId64 " carros cuadran; ",
                  "falta ", "faltan ", " y %" PRId64 " más" },
    [LANG_EN] = { "There are no carts on this day.", "The cart agrees.",
                  "All %" PRId64 " carts agree.", "%" PRId64 " of %" PRId64 " carts agree; ",
                  "missing: ", "missing: ", " and %" PRId64 " more" },
};

static void name_cart(const struct closing_row *row, int64_t named, enum lang lang,
                      struct buffer *out)
{
    struct buffer todo = { 0 };

    closing_todo_text(row, lang, &todo);
    const char *what = strstr(todo.bytes, ": "); /* is to be done: the row says it */
    int why = (int)(what != NULL ? (size_t)(what - todo.bytes) : todo.length);
    buffer_format(out, "%s%s (%.*s)", named > 0 ? ", " : "", row->cart, why, todo.bytes);
    buffer_free(&todo);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void write_sentence(struct closing_sum *sum, const struct buffer *names, enum lang lang)
{
    int64_t lacking = sum->carts - sum->agree;

    if (sum->carts == 0)
        buffer_text(&sum->text, sentences[lang].none);
    else if (lacking == 0 && sum->carts == 1)
        buffer_text(&sum->text, sentences[lang].all_one);
    else if (lacking == 0)
        buffer_format(&sum->text, sentences[lang].all, sum->carts);
    if (lacking == 0)
        return;
    buffer_format(&sum->text, sentences[lang].some, sum->agree, sum->carts);
    buffer_text(&sum->text, lacking == 1 ? sentences[lang].one_lacks : sentences[lang].lack);
    buffer_append(&sum->text, names->bytes, names->length);
    if (lacking > NAMED_MAX)
        buffer_format(&sum->text, sentences[lang].more, lacking - NAMED_MAX);
    buffer_text(&sum->text, ".");
}
#pragma GCC diagnostic pop

void closing_sum(struct store *store, int32_t day, enum lang lang, struct closing_sum *sum)
{
    struct closing_page page = { .day = day };
    struct closing_row rows[ROWS_AT_ONCE];
    struct buffer names = { 0 };
    size_t count;

    *sum = (struct closing_sum){ 0 };
    while ((count = closing_read(store, &page, rows, ROWS_AT_ONCE)) > 0)
        for (size_t i = 0; i < count; i++, sum->carts++) {
            bool agrees = closing_is_good(&rows[i]);
            int64_t lacking = sum->carts - sum->agree;
            if (!agrees && lacking < NAMED_MAX)
                name_cart(&rows[i], lacking, lang, &names);
            sum->agree += agrees;
        }
    write_sentence(sum, &names, lang);
    buffer_free(&names);
}

/* Reads, judges, and says it. */
#include "collector/sales/closing.h"
#include "collector/carts/cart_state.h"

#include "collector/sales/daily_row.h"

#include "closing_sql.h"
#include "closing_words.h"

#include "common/day.h"
#include "common/event.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ROWS_AT_ONCE 100
#define LATE_MS_MAX  (12 * 3600000LL) /* after the day, that it may still be closed */
#define NAMED_MAX    6                /* carts that a sentence names; then it says how many more */

/* Why, whose name is the reason for programs, and what is to be done about it. */
static const struct {
    const struct sentence *why, *what_to_do;
} todos[CLOSING_TODOS] = {
    [CLOSING_AGREES] = { &closing_agrees, NULL },
    [CLOSING_NOTHING] = { &closing_nothing_sold, NULL },
    [CLOSING_GAPS] = { &closing_receipts_missing, &closing_receipts_missing_do },
    [CLOSING_DIFFERS] = { &closing_differs, &closing_differs_do },
    [CLOSING_WAITING] = { &closing_waiting, &closing_waiting_do },
    [CLOSING_OPEN] = { &closing_not_closed, &closing_not_closed_do },
    [CLOSING_NOT_SAID] = { &closing_not_confirmed, &closing_not_confirmed_do },
    [CLOSING_SILENT] = { &closing_no_signal, NULL },
    [CLOSING_NEVER] = { &closing_never_heard, NULL },
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
    return todos[todo].why->name;
}

/* The clock, with the date where it is another one than the day's. */
static const char *since(const struct closing_row *row, char text[CLOCK_TEXT_SIZE])
{
    char day[DAY_TEXT_SIZE];

    clock_text(row->heard_ms, text);
    day_text(row->day, day);
    bool same = strncmp(text, day, DAY_TEXT_SIZE - 1) == 0;
    return same ? text + DAY_TEXT_SIZE : text;
}

static void say_why(const struct closing_row *row, enum lang lang, struct buffer *out)
{
    char text[CLOCK_TEXT_SIZE];
    struct saying saying = { .sentence = todos[row->todo].why };

    if (row->todo == CLOSING_SILENT)
        saying = SAY_CLOSING_NO_SIGNAL(since(row, text));
    else if (row->todo == CLOSING_GAPS)
        saying = SAY_CLOSING_RECEIPTS_MISSING(row->missing);
    else if (row->todo == CLOSING_WAITING)
        saying = SAY_CLOSING_WAITING(row->waiting);
    say_in(&saying, lang, out);
}

void closing_todo_text(const struct closing_row *row, enum lang lang, struct buffer *out)
{
    const struct sentence *what_to_do = todos[row->todo].what_to_do;

    say_why(row, lang, out);
    if (what_to_do != NULL)
        buffer_format(out, ": %s", what_to_do->text[lang]);
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

static void name_cart(const struct closing_row *row, int64_t named, enum lang lang,
                      struct buffer *out)
{
    buffer_format(out, "%s%s (", named > 0 ? ", " : "", row->cart);
    say_why(row, lang, out);
    buffer_text(out, ")");
}

/* `names`: of those that lack, the first ones. */
static struct saying say_all(const struct closing_sum *sum, const char *names)
{
    int64_t carts = sum->carts, agree = sum->agree, lacking = carts - agree;

    if (carts == 0)
        return SAY_CLOSING_NO_CARTS();
    if (lacking == 0)
        return carts == 1 ? SAY_CLOSING_ALL_ONE() : SAY_CLOSING_ALL(carts);
    if (lacking == 1)
        return SAY_CLOSING_LACKING_ONE(agree, carts, names);
    if (lacking <= NAMED_MAX)
        return SAY_CLOSING_LACKING(agree, carts, names);
    return SAY_CLOSING_LACKING_MORE(agree, carts, names, lacking - NAMED_MAX);
}

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
    struct saying saying = say_all(sum, names.bytes);
    say_in(&saying, lang, &sum->text);
    buffer_free(&names);
}

/* Pages and tables. */
#include "collector/call/list.h"

#include "collector/call/content.h"
#include "collector/call/frame.h"
#include "collector/carts/cart_row.h"

#include "common/csv.h"
#include "common/day.h"
#include "common/event.h"

#include "head_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_ROWS 200 /* of a table are read at once; then others get their turn of the thread */

enum list_format { LIST_JSON, LIST_CSV };

struct list_out {
    const struct list *list;
    enum list_format format;
    struct json_writer json;
    struct csv_writer csv;
    int64_t limit, rows;
    size_t column; /* the next cell's */
    bool has_next;
    struct page_key last;
    enum lang lang;
    uint64_t hidden; /* a bit for each column that is not for the reader */
};

/* A table on its way out, a page at a time. */
struct table_source {
    struct list_request request;
    enum csv_dialect dialect;
    bool ended;
    struct buffer totals; /* its last line; empty: none */
};

static const char *const formats[] = { [LIST_JSON] = "json", [LIST_CSV] = "csv", NULL };
static const char *const dialects[] = {
    [CSV_RFC4180] = "rfc4180", [CSV_EXCEL_ES] = "excel-es", NULL
};

static uint64_t hidden_columns(const struct list *list, enum role reader)
{
    uint64_t hidden = 0;
    for (size_t i = 0; i < list->column_count; i++)
        if (!content_shows(list->name, list->columns[i].name, reader))
            hidden |= (uint64_t)1 << i;
    return hidden;
}

bool list_row_begin(struct list_out *out)
{
    if (out->rows == out->limit) {
        out->has_next = true;
        return false;
    }
    out->rows++;
    out->column = 0;
    if (out->format == LIST_JSON)
        json_object_begin(&out->json, NULL);
    return true;
}

/* True where the next cell is not for the reader, and null now. */
static bool hide(struct list_out *out)
{
    if ((out->hidden >> out->column & 1) == 0)
        return false;
    const char *name = out->list->columns[out->column++].name;
    if (out->format == LIST_JSON)
        json_null(&out->json, name);
    else
        csv_text(&out->csv, NULL);
    return true;
}

void list_text(struct list_out *out, const char *text)
{
    if (hide(out))
        return;
    const char *name = out->list->columns[out->column++].name;
    if (out->format == LIST_JSON)
        json_text(&out->json, name, text);
    else
        csv_text(&out->csv, text);
}

void list_int(struct list_out *out, int64_t value)
{
    if (hide(out))
        return;
    const char *name = out->list->columns[out->column++].name;
    if (out->format == LIST_JSON)
        json_int(&out->json, name, value);
    else
        csv_int(&out->csv, value);
}

void list_number(struct list_out *out, double value)
{
    if (hide(out))
        return;
    const char *name = out->list->columns[out->column++].name;
    if (out->format == LIST_JSON)
        json_number(&out->json, name, value);
    else
        csv_number(&out->csv, value);
}

void list_bool(struct list_out *out, bool value)
{
    if (hide(out))
        return;
    const char *name = out->list->columns[out->column++].name;
    if (out->format == LIST_JSON)
        json_bool(&out->json, name, value);
    else
        csv_text(&out->csv, value ? "true" : "false");
}

static void say_cell(struct list_out *out, struct store_rows *rows, int at)
{
    struct buffer text = { 0 };
    out->list->say(rows, at, out->lang, &text);
    list_text(out, text.bytes != NULL ? text.bytes : "");
    buffer_free(&text);
}

static void copy_cell(struct list_out *out, struct store_rows *rows, int at)
{
    char text[TIME_TEXT_SIZE];
    if (store_is_null(rows, at)) {
        list_text(out, NULL);
        return;
    }
    switch (out->list->columns[out->column].type) {
    case CELL_TEXT:
    case CELL_OWN:
        list_text(out, store_text(rows, at));
        break;
    case CELL_INT:
        list_int(out, store_int(rows, at));
        break;
    case CELL_NUMBER:
        list_number(out, store_number(rows, at));
        break;
    case CELL_BOOL:
        list_bool(out, store_int(rows, at) != 0);
        break;
    case CELL_TIME:
        time_text(store_int(rows, at), text);
        list_text(out, text);
        break;
    case CELL_SAID:
        say_cell(out, rows, at);
        break;
    case CELL_DAY:
        day_text((int32_t)store_int(rows, at), text);
        list_text(out, text);
        break;
    }
}

void list_cells(struct list_out *out, struct store_rows *rows, int first, size_t count)
{
    for (size_t i = 0; i < count; i++)
        copy_cell(out, rows, first + (int)i);
}

void list_own_cell(struct list_out *out, const struct buffer *json, const char *text)
{
    if (hide(out))
        return;
    const char *name = out->list->columns[out->column++].name;
    if (out->format == LIST_JSON)
        json_raw(&out->json, name, json->bytes, json->length);
    else
        csv_text(&out->csv, text);
}

void list_row_end(struct list_out *out, const struct page_key *key)
{
    out->last = *key;
    if (out->format == LIST_JSON)
        json_object_end(&out->json);
    else
        csv_row_end(&out->csv);
}

/* A row of a list that has no cells of its own making. */
static void write_cells(struct store *store, struct store_rows *rows, struct list_out *out)
{
    (void)store;
    list_cells(out, rows, 0, out->list->column_count);
}

void list_object(struct api_call *call, const struct list *list, struct store_rows *rows)
{
    struct list_out out = { .list = list,
                            .format = LIST_JSON,
                            .lang = call->lang,
                            .hidden = hidden_columns(list, call->who.role) };
    out.json = call_json(call, 200);
    json_object_begin(&out.json, NULL);
    (list->row != NULL ? list->row : write_cells)(call->store, rows, &out);
    if (list->tail != NULL)
        list->tail(call->store, rows, &out.json);
    json_object_end(&out.json);
}

void list_answer_row(struct api_call *call, const struct list *list, struct store_rows *rows)
{
    if (store_next(rows))
        list_object(call, list, rows);
    else if (store_status(call->store) == STORE_OK)
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
    store_rows_end(rows);
}

/* The head that people read; programs read the column's name. */
static const char *column_head(const char *name, enum csv_dialect dialect)
{
    char row[64];
    const struct sentence *head;
    snprintf(row, sizeof row, "%s", name);
    for (char *at = row; *at != '\0'; at++)
        *at = *at == '_' ? '-' : *at;
    head = dialect == CSV_EXCEL_ES ? sentence_find(head_sentences, row) : NULL;
    return head != NULL ? head->text[LANG_ES] : name;
}

static void table_head(struct csv_writer *csv, const struct list *list)
{
    for (size_t i = 0; i < list->column_count; i++)
        csv_text(csv, column_head(list->columns[i].name, csv->dialect));
    csv_row_end(csv);
}

/* The line is made before the rows: those are sent by the server's thread, which must not wait for
 * sums. Programs read no line that is none of the rows. */
static void table_totals(struct store *store, struct table_source *source)
{
    const struct list *list = source->request.list;
    struct list_out out = { .list = list,
                            .format = LIST_CSV,
                            .csv = { .out = &source->totals, .dialect = source->dialect },
                            .limit = 1,
                            .lang = LANG_ES };
    if (list->totals != NULL && source->dialect == CSV_EXCEL_ES)
        list->totals(store, &source->request, &out);
}

/* The next page, as a reference to the same address with another query (RFC 8288; RFC 3986, 5.3):
 * a proxy may have put a path before ours. Where it has no room nothing is said: there is the
 * cursor. */
static void link_next(struct api_call *call, const char *cursor)
{
    struct buffer link = { 0 };
    buffer_text(&link, "<?");
    request_query_write(call->request, "cursor", &link);
    buffer_format(&link, "%scursor=%s>; rel=\"next\"",
                  link.bytes[link.length - 1] == '?' ? "" : "&", cursor);
    if (link.length < RESPONSE_VALUE_SIZE)
        response_header(call->response, "Link", link.bytes);
    buffer_free(&link);
}

static void answer_page(struct api_call *call, const struct list_request *request)
{
    struct buffer cursor = { 0 };
    struct list_out out = { .list = request->list,
                            .format = LIST_JSON,
                            .limit = request->limit,
                            .lang = request->lang,
                            .hidden = hidden_columns(request->list, request->reader) };
    out.json = call_json(call, 200);
    json_object_begin(&out.json, NULL);
    if (request->list->head != NULL)
        request->list->head(call->store, request, &out.json);
    json_array_begin(&out.json, "items");
    request->list->fetch(call->store, request, &out);
    json_array_end(&out.json);
    if (out.has_next) {
        page_cursor_write(&cursor, request->list->key_types, &out.last);
        link_next(call, cursor.bytes);
    }
    json_text(&out.json, "next", out.has_next ? cursor.bytes : NULL);
    json_object_end(&out.json);
    buffer_free(&cursor);
}

/* One page of a table after the other. The head and the first page are the answer's body. */
static struct list_out table_page(struct store *store, struct table_source *source,
                                  struct csv_writer *csv)
{
    struct list_out out = { .list = source->request.list,
                            .format = LIST_CSV,
                            .csv = *csv,
                            .limit = source->request.limit,
                            .lang = source->request.lang,
                            .hidden =
                                hidden_columns(source->request.list, source->request.reader) };
    source->request.list->fetch(store, &source->request, &out);
    source->request.after = out.last;
    source->ended = !out.has_next;
    if (source->ended && source->totals.length > 0)
        buffer_append(csv->out, source->totals.bytes, source->totals.length);
    return out;
}

static enum response_piece table_more(void *owner, struct buffer *body)
{
    struct table_source *source = owner;
    struct store *store = source->ended ? NULL : frame_store(source->request.frame);
    if (source->ended)
        return RESPONSE_END;
    if (store == NULL)
        return RESPONSE_BROKEN;
    struct csv_writer csv = { .out = body, .dialect = source->dialect };
    store_begin_read(store);
    table_page(store, source, &csv);
    if (store_commit(store) == STORE_OK)
        return source->ended ? RESPONSE_END : RESPONSE_MORE;
    store_rollback(store);
    return RESPONSE_BROKEN;
}

static void table_drop(void *owner)
{
    struct table_source *source = owner;
    buffer_free(&source->totals);
    free(source);
}

static void answer_table(struct api_call *call, const struct list_request *request,
                         enum csv_dialect dialect)
{
    struct table_source *source = malloc(sizeof *source);
    struct buffer cursor = { 0 };
    char file[64];
    if (source == NULL)
        abort();
    bool is_whole = request_query(call->request, "limit") == NULL;
    *source = (struct table_source){ .request = *request, .dialect = dialect };
    if (is_whole)
        table_totals(call->store, source);
    call->response->status = 200;
    call->response->content_type = "text/csv; charset=utf-8; header=present";
    snprintf(file, sizeof file, "attachment; filename=\"%s.csv\"", request->list->name);
    response_header(call->response, "Content-Disposition", file);
    struct csv_writer csv = csv_write_to(&call->response->body, dialect);
    table_head(&csv, request->list);
    struct list_out page = table_page(call->store, source, &csv);
    if (is_whole) {
        call->response->more = table_more;
        call->response->drop = table_drop;
        call->response->source = source;
        return;
    }
    if (page.has_next) {
        page_cursor_write(&cursor, request->list->key_types, &page.last);
        response_header(call->response, "X-Next-Cursor", cursor.bytes);
        link_next(call, cursor.bytes);
    }
    buffer_free(&cursor);
    table_drop(source);
}

void list_table(struct store *store, struct list_request *request, enum csv_dialect dialect,
                struct buffer *out)
{
    request->limit = PAGE_LIMIT_MAX;
    request->after = request->list->first;
    struct table_source source = { .request = *request, .dialect = dialect };
    struct csv_writer csv = csv_write_to(out, dialect);
    table_head(&csv, request->list);
    table_totals(store, &source);
    while (!source.ended && store_status(store) == STORE_OK)
        table_page(store, &source, &csv);
    buffer_free(&source.totals);
}

/* The word's index; negative where it is none of them. */
static int64_t find_word(const char *const *words, const char *text, size_t length)
{
    for (int64_t i = 0; words[i] != NULL; i++)
        if (strlen(words[i]) == length && memcmp(words[i], text, length) == 0)
            return i;
    return -1;
}

static void refuse_words(struct api_call *call, const char *name, const char *const *words)
{
    struct buffer allowed = { 0 };
    for (size_t i = 0; words[i] != NULL; i++)
        buffer_format(&allowed, "%s%s", i > 0 ? ", " : "", words[i]);
    call_problem(call, PROBLEM_INVALID, name, allowed.bytes);
    buffer_free(&allowed);
}

bool list_read_word(struct api_call *call, const char *name, const char *const *words,
                    int64_t *choice)
{
    const char *value = request_query(call->request, name);
    int64_t word = value != NULL ? find_word(words, value, strlen(value)) : -1;
    if (word >= 0)
        *choice = word;
    else if (value != NULL)
        refuse_words(call, name, words);
    return word >= 0 || value == NULL;
}

bool list_read_words(struct api_call *call, const char *name, const char *const *words,
                     int64_t *set)
{
    const char *rest = request_query(call->request, name);
    int64_t found = 0;
    while (rest != NULL) {
        size_t length = strcspn(rest, ",");
        int64_t word = find_word(words, rest, length);
        if (word < 0) {
            refuse_words(call, name, words);
            return false;
        }
        found |= (int64_t)1 << word;
        rest = rest[length] == ',' ? rest + length + 1 : NULL;
    }
    if (found != 0)
        *set = found;
    return true;
}

void list_write_set(const char *const *words, int64_t set, struct buffer *out)
{
    buffer_text(out, set != 0 ? "," : "");
    for (size_t i = 0; set != 0 && words[i] != NULL; i++)
        if ((set >> i & 1) != 0)
            buffer_format(out, "%s,", words[i]);
}

bool list_read_switch(struct api_call *call, const char *name, struct list_request *request)
{
    static const char *const switches[] = { "false", "true", NULL };
    int64_t word = -1;
    bool is_read = list_read_word(call, name, switches, &word);
    request->is_so = word + 1;
    return is_read;
}

bool list_read_whom(struct api_call *call, const char *name, struct list_request *request)
{
    const char *text = request_query(call->request, name);
    size_t length = text != NULL ? utf8_code_points(text) : 1;
    if (length < 1 || length > LIST_WHOM_MAX) {
        call_invalid(call, name, SAY_REASON_CHARACTERS(name, 1, LIST_WHOM_MAX));
        return false;
    }
    snprintf(request->whom, sizeof request->whom, "%s", text != NULL ? text : "");
    return true;
}

bool list_read_cart(struct api_call *call, struct list_request *request)
{
    const char *cart = request_query(call->request, "cart");
    if (cart != NULL && !cart_from_person(cart, request->cart)) {
        call_invalid(call, "cart", SAY_REASON_PLATE("cart"));
        return false;
    }
    if (cart == NULL && call->who.role == ROLE_VENDOR)
        snprintf(request->cart, sizeof request->cart, "%s", call->who.cart);
    if (request->cart[0] != '\0')
        cart_known_as(call->store, request->cart);
    return true;
}

/* As in paths: a vendor gets no further than to its own cart, whatever list it may read. */
static bool may_read(struct api_call *call, const struct list_request *request)
{
    if (access_to_route(call->match.route->roles, &call->who, request->cart) == ACCESS_GRANTED)
        return true;
    call_problem(call, PROBLEM_FORBIDDEN, "cart", role_name(call->who.role));
    return false;
}

/* One bound: a date bounds the days, an instant the times too. */
static bool read_bound(struct list_request *request, const char *text, enum page_edge edge)
{
    int32_t first, last;
    int64_t wall_ms;
    if (!page_days_read(text, &first, &last))
        return false;
    if (time_from_text(text, &wall_ms)) {
        int64_t *bound = edge == PAGE_FROM ? &request->times.from : &request->times.to;
        *bound = wall_ms;
    }
    if (edge == PAGE_FROM)
        request->days.first = first;
    else
        request->days.last = last;
    return true;
}

static bool read_day(struct list_request *request, const char *text)
{
    int32_t day;
    return page_day_read(text, &day) && read_bound(request, text, PAGE_FROM) &&
           read_bound(request, text, PAGE_TO);
}

bool list_read_span(struct api_call *call, struct list_request *request)
{
    static const char days[] = "2026-09-18, 2026-09-18T12:00:00Z";
    const char *day = request_query(call->request, "day");
    const char *from = request_query(call->request, "from");
    const char *to = request_query(call->request, "to");
    request->days = (struct list_days){ LIST_DAY_FIRST, LIST_DAY_LAST };
    request->times = (struct list_times){ INT64_MIN, INT64_MAX };
    if (day != NULL && !read_day(request, day)) {
        call_problem(call, PROBLEM_BAD_PARAMETER, "day", days);
        return false;
    }
    bool from_is_good = from == NULL || read_bound(request, from, PAGE_FROM);
    if (from_is_good && (to == NULL || read_bound(request, to, PAGE_TO)))
        return true;
    call_problem(call, PROBLEM_BAD_PARAMETER, from_is_good ? "to" : "from",
                 "2026-09-18, 2026-09, 2026, 2026-09-18T12:00:00Z");
    return false;
}

void list_bound_times(struct list_request *request)
{
    if (request->times.from == INT64_MIN && request->days.first > LIST_DAY_FIRST)
        request->times.from = day_start_ms((int32_t)request->days.first);
    if (request->times.to == INT64_MAX && request->days.last < LIST_DAY_LAST)
        request->times.to = day_start_ms((int32_t)request->days.last + 1);
}

bool list_read_limit(struct api_call *call, int64_t *limit)
{
    static const char range[] = "1..1000";
    const char *text = request_query(call->request, "limit");
    if (text == NULL)
        return true;
    switch (page_number_read(text, 1, PAGE_LIMIT_MAX, limit)) {
    case PAGE_NUMBER_OK:
        return true;
    case PAGE_NUMBER_MALFORMED:
        call_problem(call, PROBLEM_BAD_PARAMETER, "limit", range);
        return false;
    default:
        call_problem(call, PROBLEM_INVALID, "limit", range);
        return false;
    }
}

bool list_read_dialect(struct api_call *call, enum csv_dialect *dialect)
{
    int64_t word = CSV_RFC4180;
    bool is_read = list_read_word(call, "dialect", dialects, &word);
    *dialect = (enum csv_dialect)word;
    return is_read;
}

bool list_wants_table(const struct api_call *call)
{
    return (call->match.route->flags & ROUTE_CSV) != 0 &&
           request_query(call->request, "format") == NULL && request_prefers_csv(call->request);
}

static int64_t piece_rows(const struct list *list)
{
    return list->piece_rows > 0 ? list->piece_rows : TABLE_ROWS;
}

void list_answer(struct api_call *call, struct list_request *request)
{
    const char *cursor = request_query(call->request, "cursor");
    int64_t format = list_wants_table(call) ? LIST_CSV : LIST_JSON;
    enum csv_dialect dialect;
    if (!list_read_word(call, "format", formats, &format) || !list_read_dialect(call, &dialect) ||
        !may_read(call, request))
        return;
    request->frame = call->frame;
    request->reader = call->who.role;
    request->now_ms = call->now_ms;
    request->lang = call->lang;
    request->limit = format == LIST_CSV ? piece_rows(request->list) : PAGE_LIMIT_DEFAULT;
    request->after = request->list->first;
    if (!list_read_limit(call, &request->limit))
        return;
    if (request->limit_max > 0 && request->limit > request->limit_max)
        request->limit = request->limit_max;
    if (cursor != NULL && !page_cursor_read(cursor, request->list->key_types, &request->after)) {
        call_problem(call, PROBLEM_BAD_CURSOR, "cursor", NULL);
        return;
    }
    if (format == LIST_JSON)
        answer_page(call, request);
    else if (call_exports(call, request->list->name))
        answer_table(call, request, dialect);
}

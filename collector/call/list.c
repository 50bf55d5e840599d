/* Pages and tables. */
#include "collector/call/list.h"

#include "collector/call/content.h"
#include "collector/call/frame.h"

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
 * a proxy may have put a path before ours. Where it has no room, or what is asked for is in no
 * address, nothing is said: there is the cursor. */
static void link_next(struct api_call *call, const char *cursor)
{
    struct buffer link = { 0 };
    if ((call->match.route->flags & ROUTE_FIND) != 0)
        return;
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

/* As in paths: a vendor gets no further than to its own cart, whatever list it may read. */
static bool may_read(struct api_call *call, const struct list_request *request)
{
    if (access_to_route(call->match.route->roles, &call->who, request->cart) == ACCESS_GRANTED)
        return true;
    call_problem(call, PROBLEM_FORBIDDEN, "cart", role_name(call->who.role));
    return false;
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

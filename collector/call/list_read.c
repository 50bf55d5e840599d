/* What a list is asked for: its parameters, read from the query. */
#include "collector/call/list.h"

#include "collector/carts/cart_row.h"

#include "common/day.h"
#include "common/event.h"

#include <stdio.h>
#include <string.h>

static const char *const dialects[] = {
    [CSV_RFC4180] = "rfc4180", [CSV_EXCEL_ES] = "excel-es", NULL
};

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

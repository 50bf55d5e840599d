/* Mails: what is queued and what became of it, and one to see whether mail works at all. */
#include "collector/api/api_parts.h"
#include "collector/base/hash.h"
#include "collector/base/settings.h"
#include "collector/call/list.h"
#include "collector/effects/mail.h"

#include "api_mails_sql.h"

#include <stdio.h>
#include <string.h>

static const struct column columns[] = {
    { "id", CELL_TEXT },     { "recipient", CELL_TEXT }, { "template", CELL_TEXT },
    { "order", CELL_TEXT },  { "status", CELL_TEXT },    { "created", CELL_TIME },
    { "next", CELL_TIME },   { "sent", CELL_TIME },      { "attempts", CELL_INT },
    { "answer", CELL_TEXT }, { "digest", CELL_TEXT },
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static const char *const statuses[] = { "waiting", "held",     "sent", "failed",
                                        "skipped", "digested", NULL };

static struct store_rows *query_page(struct store *store, const struct list_request *request)
{
    const struct page_key *after = &request->after;
    if (request->whom[0] != '\0' && request->group < 0)
        return store_query(store, SQL_MAILS_PAGE_OF_RECIPIENT, "ttiii", request->whom,
                           after->texts[0], after->ints[1], after->ints[2], request->limit + 1);
    if (request->group < 0)
        return store_query(store, SQL_MAILS_PAGE, "tiii", after->texts[0], after->ints[1],
                           after->ints[2], request->limit + 1);
    const char *status = statuses[request->group];
    bool goes_on = strcmp(after->texts[0], status) == 0;
    return store_query(store, SQL_MAILS_PAGE_OF_STATUS, "tiiti", status,
                       goes_on ? after->ints[1] : INT64_MAX, goes_on ? after->ints[2] : INT64_MAX,
                       request->whom, request->limit + 1);
}

static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows = query_page(store, request);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, COLUMN_COUNT);
        snprintf(key.texts[0], sizeof key.texts[0], "%s", store_text(rows, 4));
        key.ints[1] = store_int(rows, 6);
        key.ints[2] = store_int(rows, (int)COLUMN_COUNT);
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list mails = {
    .name = "mails",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_types = "tii", /* status, next, turn; all descending */
    .first = { .texts = { "~" } },
    .fetch = fetch,
};

static void mails_list(struct api_call *call)
{
    struct list_request request = { .list = &mails, .group = -1 };
    if (list_read_word(call, "status", statuses, &request.group) &&
        list_read_whom(call, "recipient", &request))
        list_answer(call, &request);
}

static void mails_one(struct api_call *call)
{
    list_answer_row(call, &mails,
                    store_query(call->store, SQL_MAILS_ONE, "t", call->match.parameters[0]));
}

static void owe_test(struct api_call *call, const char *recipient)
{
    struct buffer seed = { 0 }, parameters = { 0 };
    char id[40] = "test/";
    buffer_format(&seed, "%s\n%s\n%lld", call->who.name, recipient, (long long)call->now_ms);
    hash_text(seed.bytes, seed.length, id + strlen(id));
    buffer_free(&seed);
    struct json_writer json = json_write_to(&parameters);
    json_object_begin(&json, NULL);
    json_text(&json, "user", call->who.name);
    json_object_end(&json);
    if (store_begin(call->store)) {
        mail_add(call->store,
                 &(struct mail){ .id = id,
                                 .recipient = recipient,
                                 .template = "test",
                                 .parameters = parameters.bytes },
                 call->now_ms);
        call_acted(call, "mail-test", recipient, NULL);
    }
    buffer_free(&parameters);
    json = call_json(call, 202);
    json_object_begin(&json, NULL);
    json_text(&json, "id", id);
    json_object_end(&json);
    call_commit(call);
}

/* One that names no address goes to the first that alerts go to. */
static void mails_test(struct api_call *call)
{
    const char *list = api_options(api_of(call->frame))->settings->alert_mail;
    struct json_reason why = { 0 };
    char standard[MAIL_ADDRESS_SIZE] = "";
    const char *to = standard;
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    if (!json_get_text(body, "to", JSON_OPTIONAL, 1, MAIL_ADDRESS_SIZE - 1, &to, &why))
        call_refuse(call, &why);
    else if ((to == standard && !mail_list_next(&list, standard)) ||
             !mail_address_from_person(to, standard))
        call_invalid(call, "to", SAY_REASON_MAIL("to"));
    else
        owe_test(call, standard);
    cJSON_Delete(body);
}

static const struct route routes[] = {
    { "GET", API "/mails", WHO_ACTS, ROUTE_TABLE | ROUTE_PERSONS | ROUTE_SEARCH, "status recipient",
      mails_list },
    { "POST", API "/mails/find", WHO_ACTS, ROUTE_FOUND_TABLE | ROUTE_PERSONS | ROUTE_SEARCH,
      "status recipient", mails_list },
    { "GET", API "/mails/{id}", WHO_ACTS, 0, NULL, mails_one },
    { "POST", API "/mail/test", WHO_ACTS, ROUTE_ACT_ONCE, NULL, mails_test },
};
const struct route_table mails_routes = ROUTE_TABLE_OF(routes);

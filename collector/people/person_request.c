/* Rows, and an alert for each that is nearly due. */
#include "collector/people/person_request.h"

#include "collector/alerts/alert.h"

#include "people_requests_sql.h"

#include "common/day.h"
#include "common/text.h"

#define DAY_MS  86400000LL
#define DUE_MAX 100 /* as the statement has it */
#define ID_SIZE 40

const char *const person_request_kinds[] = { "access", "rectification", "erasure", "objection",
                                             NULL };

void person_request_open(struct store *store, const struct person_request *request)
{
    store_run(store, SQL_PEOPLE_REQUEST_OPEN, "tttii", request->id, request->kind, request->note,
              request->opened_ms, request->opened_ms + PERSON_REQUEST_DAYS * DAY_MS);
}

bool person_request_done(struct store *store, const char *id, int64_t now_ms)
{
    store_run(store, SQL_PEOPLE_REQUEST_DONE, "it", now_ms, id);
    if (store_status(store) != STORE_OK || store_changed(store) != 1)
        return false;
    alert_end(store, ALERT_PERSON_REQUEST, id, now_ms);
    return true;
}

static int64_t warned_until(int64_t now_ms)
{
    return now_ms + PERSON_REQUEST_WARN_DAYS * DAY_MS;
}

bool person_requests_are_due(struct store *store, int64_t now_ms)
{
    return store_has(store, SQL_PEOPLE_REQUESTS_DUE, "i", warned_until(now_ms));
}

void person_requests_tell(struct store *store, enum lang lang, int64_t now_ms)
{
    struct {
        char id[ID_SIZE], due[DAY_TEXT_SIZE];
    } found[DUE_MAX];
    size_t count = 0;
    struct store_rows *rows =
        store_query(store, SQL_PEOPLE_REQUESTS_DUE, "i", warned_until(now_ms));

    while (count < DUE_MAX && store_next(rows)) {
        text_put(found[count].id, ID_SIZE, store_text(rows, 0));
        day_text(day_of_ms(store_int(rows, 1)), found[count++].due);
    }
    store_rows_end(rows);
    for (size_t i = 0; i < count; i++)
        alert_raise(store,
                    &(struct alert){ .kind = ALERT_PERSON_REQUEST,
                                     .subject = found[i].id,
                                     .says = SAY_ALERT_PERSON_REQUEST(found[i].id, found[i].due),
                                     .lang = lang,
                                     .at_ms = now_ms });
}

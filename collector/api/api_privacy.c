/* What the notice of privacy tells: how long this guild keeps what (contract, section 10). */
#include "collector/api/api_parts.h"
#include "collector/base/settings.h"
#include "collector/people/person_request.h"
#include "collector/store/retention.h"

static int64_t shorter(int64_t one, int64_t other)
{
    return one == 0 || (other > 0 && other < one) ? other : one;
}

/* null: without end, until it is erased. */
static void write_days(struct json_writer *json, const char *name, int64_t days,
                       const struct settings *settings)
{
    int64_t bound = shorter(days, settings->retention_days);

    if (bound > 0)
        json_int(json, name, bound);
    else
        json_null(json, name);
}

static void privacy(struct api_call *call)
{
    const struct settings *settings = api_options(api_of(call->frame))->settings;
    struct json_writer json = call_json(call, 200);

    json_object_begin(&json, NULL);
    json_text(&json, "contact", settings->mail_from);
    json_text(&json, "clients", settings->clients);
    json_int(&json, "answer_days", PERSON_REQUEST_DAYS);
    write_days(&json, "sale_days", 0, settings);
    write_days(&json, "rejected_days", RETENTION_REJECTED_DAYS, settings);
    write_days(&json, "order_days", settings->order_days, settings);
    write_days(&json, "track_days", settings->track_days, settings);
    write_days(&json, "sign_in_days", RETENTION_SIGN_IN_DAYS, settings);
    write_days(&json, "mail_days", RETENTION_MAIL_DAYS, settings);
    json_object_end(&json);
}

static const struct route routes[] = {
    { "GET", "/privacidad.json", WHO_OPEN, ROUTE_NO_STORE, NULL, privacy },
};
const struct route_table privacy_routes = ROUTE_TABLE_OF(routes);

/* The table `certificates` and its alerts. */
#include "collector/location/certificates.h"
#include "collector/alerts/alert.h"

#include "certificates_sql.h"

#include "common/day.h"
#include "common/json_read.h"
#include "common/protocol.h"

#include <stdio.h>

#define AT_ONCE           64
#define SUBJECT_SIZE      65
#define REQUEST_BYTES_MAX 4096

struct ending {
    char subject[SUBJECT_SIZE];
    bool is_cart;
    int64_t end_ms, said_ms;
};

bool certificates_hear(struct store *store, const cJSON *message,
                       const struct certificate_word *word)
{
    int64_t end_ms = 0;
    struct json_reason why;

    if (!json_get_int(message, "certificate_ms", JSON_OPTIONAL, 1, INTEGER_MAX, &end_ms, &why) ||
        end_ms == 0)
        return false;
    store_run(store, SQL_CERTIFICATE_SAY, "ttii", word->subject, word->cart, end_ms, word->at_ms);
    if (store_changed(store) != 1)
        return false;
    alert_end(store, ALERT_CERTIFICATE_EXPIRING, word->subject, word->at_ms);
    return true;
}

void certificates_ask(struct store *store, const cJSON *message,
                      const struct certificate_word *word)
{
    const char *request = NULL;
    struct json_reason why;

    if (json_get_text(message, "request", JSON_OPTIONAL, 1, REQUEST_BYTES_MAX, &request, &why) &&
        request != NULL)
        store_run(store, SQL_CERTIFICATE_REQUEST_WRITE, "tti", word->cart, request, word->at_ms);
    else
        store_run(store, SQL_CERTIFICATE_REQUEST_END, "ti", word->cart, word->at_ms);
}

static void raise(struct store *store, enum lang lang, const struct ending *ending)
{
    int64_t at_ms = ending->end_ms - CERTIFICATE_WARN_MS;
    char day[DAY_TEXT_SIZE];

    day_text(date_of_ms(ending->end_ms), day);
    alert_raise(
        store,
        &(struct alert){ .kind = ALERT_CERTIFICATE_EXPIRING,
                         .subject = ending->subject,
                         .cart = ending->is_cart ? ending->subject : NULL,
                         .says = ending->is_cart
                                     ? SAY_ALERT_CERTIFICATE_EXPIRING_CART(ending->subject, day)
                                     : SAY_ALERT_CERTIFICATE_EXPIRING_BRIDGE(ending->subject, day),
                         .lang = lang,
                         .at_ms = at_ms > ending->said_ms ? at_ms : ending->said_ms });
    store_run(store, SQL_CERTIFICATE_TOLD, "t", ending->subject);
}

/* Gathered first: raising an alert asks the store too. */
void certificates_tell(struct store *store, enum lang lang, int64_t now_ms)
{
    struct ending endings[AT_ONCE];
    size_t count = 0;
    struct store_rows *rows = store_query(store, SQL_CERTIFICATES_DUE, "ii",
                                          now_ms + CERTIFICATE_WARN_MS, (int64_t)AT_ONCE);

    for (; count < AT_ONCE && store_next(rows); count++) {
        struct ending *ending = &endings[count];
        snprintf(ending->subject, sizeof ending->subject, "%s", store_text(rows, 0));
        ending->is_cart = !store_is_null(rows, 1);
        ending->end_ms = store_int(rows, 2);
        ending->said_ms = store_int(rows, 3);
    }
    store_rows_end(rows);
    for (size_t i = 0; i < count; i++)
        raise(store, lang, &endings[i]);
}

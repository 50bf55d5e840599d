/* The table of problems, and how one is written. */
#include "collector/http/problem.h"

#include "common/json_write.h"

#include "problem_words.h"

#include <stdbool.h>
#include <string.h>

struct problem_row {
    int status;
    const struct sentence *title, *detail; /* the detail's name is the code */
};

#define PROBLEM_ROW(status, name)                                                                  \
    {                                                                                              \
        (status), &problem_##name##_title, &problem_##name                                         \
    }

static const struct problem_row problems[PROBLEMS] = {
    [PROBLEM_BAD_TARGET] = PROBLEM_ROW(400, bad_target),
    [PROBLEM_BAD_HEAD] = PROBLEM_ROW(400, bad_head),
    [PROBLEM_UNKNOWN_PARAMETER] = PROBLEM_ROW(400, unknown_parameter),
    [PROBLEM_REPEATED_PARAMETER] = PROBLEM_ROW(400, repeated_parameter),
    [PROBLEM_BAD_PARAMETER] = PROBLEM_ROW(400, bad_parameter),
    [PROBLEM_BAD_CURSOR] = PROBLEM_ROW(400, bad_cursor),
    [PROBLEM_BAD_JSON] = PROBLEM_ROW(400, bad_json),
    [PROBLEM_BAD_FORM] = PROBLEM_ROW(400, bad_form),
    [PROBLEM_INVALID] = PROBLEM_ROW(422, invalid),
    [PROBLEM_NO_TOKEN] = PROBLEM_ROW(401, no_token),
    [PROBLEM_BAD_TOKEN] = PROBLEM_ROW(401, bad_token),
    [PROBLEM_BAD_LOGIN] = PROBLEM_ROW(401, bad_login),
    [PROBLEM_FORBIDDEN] = PROBLEM_ROW(403, forbidden),
    [PROBLEM_NO_SIMULATIONS] = PROBLEM_ROW(403, no_simulations),
    [PROBLEM_NOT_FOUND] = PROBLEM_ROW(404, not_found),
    [PROBLEM_NO_CART] = PROBLEM_ROW(404, no_cart),
    [PROBLEM_METHOD] = PROBLEM_ROW(405, method_not_allowed),
    [PROBLEM_NO_CONSUMER] = PROBLEM_ROW(409, no_consumer),
    [PROBLEM_SIMULATIONS_FULL] = PROBLEM_ROW(409, simulations_full),
    [PROBLEM_TOO_LARGE] = PROBLEM_ROW(413, too_large),
    [PROBLEM_TYPE] = PROBLEM_ROW(415, unsupported_type),
    [PROBLEM_NAME_TAKEN] = PROBLEM_ROW(409, name_taken),
    [PROBLEM_LAST_ADMIN] = PROBLEM_ROW(409, last_admin),
    [PROBLEM_DECIDED] = PROBLEM_ROW(409, decided),
    [PROBLEM_MEMBER_TAKEN] = PROBLEM_ROW(409, member_taken),
    [PROBLEM_VOIDED] = PROBLEM_ROW(409, voided),
    [PROBLEM_RESTOCK_DONE] = PROBLEM_ROW(409, restock_done),
    [PROBLEM_RESTOCK_EMPTY] = PROBLEM_ROW(409, restock_empty),
    [PROBLEM_KEY_REUSED] = PROBLEM_ROW(422, key_reused),
    [PROBLEM_ORDER_STATE] = PROBLEM_ROW(409, order_state),
    [PROBLEM_ORDER_KEY] = PROBLEM_ROW(403, order_key),
    [PROBLEM_RATE] = PROBLEM_ROW(429, rate_limited),
    [PROBLEM_BLOCKED] = PROBLEM_ROW(429, blocked),
    [PROBLEM_INTERNAL] = PROBLEM_ROW(500, internal),
    [PROBLEM_GONE] = PROBLEM_ROW(410, gone),
    [PROBLEM_NO_KEY] = PROBLEM_ROW(400, no_key),
    [PROBLEM_CART_IN_USE] = PROBLEM_ROW(409, cart_in_use),
    [PROBLEM_NO_PUBLIC_URL] = PROBLEM_ROW(409, no_public_url),
    [PROBLEM_BUSY] = PROBLEM_ROW(503, busy),
    [PROBLEM_CONNECTIONS] = PROBLEM_ROW(503, too_many_connections),
    [PROBLEM_STORE] = PROBLEM_ROW(503, store_away),
    [PROBLEM_STORE_DAMAGED] = PROBLEM_ROW(503, store_damaged),
    [PROBLEM_KAFKA] = PROBLEM_ROW(503, kafka_away),
};

/* In Spanish a reason that begins with the field goes on from there: "quantity no es válido: debe
 * estar entre 1 y 10000". Where it is about another one, as of an event within a dead letter, that
 * is named. */
static const char *reason_in(const struct json_reason *why, enum lang lang, const char *field)
{
    if (lang == LANG_EN)
        return why->text;
    size_t length = field != NULL ? strlen(field) : 0;
    bool repeats =
        length > 0 && strncmp(why->spanish, field, length) == 0 && why->spanish[length] == ' ';
    return why->spanish + (repeats ? length + 1 : 0);
}

static void write_detail(const struct problem_row *row, enum lang lang,
                         const struct problem_about *about, struct buffer *out)
{
    struct saying saying = { .sentence = row->detail };
    const char *what = about->why != NULL ? reason_in(about->why, lang, about->field) : about->what;

    for (int i = 0; row->detail->arguments[i] != NULL; i++) {
        bool is_field = strcmp(row->detail->arguments[i], "field") == 0;
        saying.words[i] = said_text(is_field ? about->field : what);
    }
    say_in(&saying, lang, out);
}

void problem_answer(struct response *response, enum problem problem, enum lang lang,
                    const struct problem_about *about)
{
    static const struct problem_about nothing = { .field = NULL };
    const struct problem_row *row = &problems[problem];
    struct buffer text = { 0 };
    about = about != NULL ? about : &nothing;
    response_clear(response);
    response->status = row->status;
    response->content_type = "application/problem+json";
    struct json_writer json = json_write_to(&response->body);
    json_object_begin(&json, NULL);
    buffer_format(&text, "urn:carrito:problem:%s", row->detail->name);
    json_text(&json, "type", text.bytes);
    json_text(&json, "title", row->title->text[lang]);
    json_int(&json, "status", row->status);
    buffer_clear(&text);
    write_detail(row, lang, about, &text);
    json_text(&json, "detail", text.bytes);
    json_text(&json, "code", row->detail->name);
    if (about->field != NULL && about->field[0] != '\0')
        json_text(&json, "field", about->field);
    json_object_end(&json);
    buffer_free(&text);
    response_header(response, "Content-Language", lang_name(lang));
    if (row->status == 401)
        response_header(response, "WWW-Authenticate", "Bearer realm=\"carrito\"");
}

int problem_status(enum problem problem)
{
    return problems[problem].status;
}

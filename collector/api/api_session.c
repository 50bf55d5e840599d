/* Signing in and out. */
#include "collector/api/api_parts.h"
#include "collector/call/sign_in.h"
#include "common/day.h"

#include <stdio.h>
#include <string.h>

static void write_time(struct json_writer *json, const char *key, int64_t wall_ms)
{
    if (wall_ms == 0)
        json_null(json, key);
    else
        json_time(json, key, wall_ms);
}

static void answer_token(struct api_call *call, const struct sign_in_hand *hand)
{
    struct json_writer json = call_json(call, 200);
    json_object_begin(&json, NULL);
    json_text(&json, "token", hand->token.text);
    json_text(&json, "role", role_name(hand->who.role));
    write_time(&json, "expires", hand->who.expires_ms);
    json_object_end(&json);
}

static void session_login(struct api_call *call)
{
    struct json_reason why = { 0 };
    struct sign_in_hand hand = { 0 };
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    if (json_get_text(body, "user", JSON_REQUIRED, 1, USER_NAME_MAX, &hand.name, &why) &&
        (strlen(hand.name) <= USER_NAME_MAX ||
         json_refuse(&why, "user", SAY_REASON_BYTES_AT_MOST("user", USER_NAME_MAX))) &&
        (!user_name_has_control(hand.name) ||
         json_refuse(&why, "user", SAY_REASON_CONTROL_SIGN("user"))) &&
        json_get_text(body, "password", JSON_REQUIRED, 1, PASSWORD_MAX, &hand.password, &why)) {
        if (sign_in(call, &hand) == SIGN_IN_GRANTED)
            answer_token(call, &hand);
    } else {
        call_refuse(call, &why);
    }
    json_wipe(body);
    cJSON_Delete(body);
}

static void session_logout(struct api_call *call)
{
    if (store_begin(call->store))
        token_end(call->store, request_bearer(call->request));
    call->response->status = 204;
    call_commit(call);
}

static void session_me(struct api_call *call)
{
    struct json_writer json = call_json(call, 200);
    json_object_begin(&json, NULL);
    json_text(&json, "user", call->who.name);
    json_text(&json, "role", role_name(call->who.role));
    json_text(&json, "cart", call->who.cart[0] != '\0' ? call->who.cart : NULL);
    write_time(&json, "expires", call->who.expires_ms);
    json_object_end(&json);
}

/* Whoever has found a session open must know the password all the same, and has no more tries at it
 * than at the door. */
static void change_password(struct api_call *call, const char *password, const char *wanted)
{
    struct sign_in_hand hand = { .name = call->who.name, .password = password };
    char hash[PASSWORD_HASH_SIZE];

    if (sign_in(call, &hand) != SIGN_IN_GRANTED)
        return;
    if (!password_hash(wanted, hash))
        call_problem(call, PROBLEM_INTERNAL, NULL, NULL);
    else if (sign_in_change_password(call, &hand, hash))
        answer_token(call, &hand);
}

static void session_password(struct api_call *call)
{
    struct json_reason why = { 0 };
    const char *password, *wanted;
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    if (json_get_text(body, "password", JSON_REQUIRED, 1, PASSWORD_MAX, &password, &why) &&
        json_get_text(body, "new_password", JSON_REQUIRED, PASSWORD_MIN, PASSWORD_MAX, &wanted,
                      &why) &&
        password_may_be("new_password", wanted, &why))
        change_password(call, password, wanted);
    else
        call_refuse(call, &why);
    json_wipe(body);
    cJSON_Delete(body);
}

static const struct route routes[] = {
    { "POST", API "/login", WHO_OPEN, ROUTE_HASHES | ROUTE_OPEN | ROUTE_FORM | ROUTE_SECRET, NULL,
      session_login },
    { "POST", API "/logout", WHO_SIGNED_IN, ROUTE_DO_ONCE, NULL, session_logout },
    { "GET", API "/me", WHO_SIGNED_IN, 0, NULL, session_me },
    { "POST", API "/me/password", WHO_SIGNED_IN, ROUTE_HASHES | ROUTE_JSON | ROUTE_SECRET, NULL,
      session_password },
};
const struct route_table session_routes = ROUTE_TABLE_OF(routes);

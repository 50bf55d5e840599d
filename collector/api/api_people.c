/* Persons: all that is kept of one, and its erasure (contract, section 10). Nothing of a person
 * stands in an address, where logs of proxies keep it: both are a POST. */
#include "collector/access/users.h"
#include "collector/base/settings.h"
#include "collector/call/call.h"
#include "collector/call/frame.h"
#include "collector/effects/mail.h"
#include "collector/members/member.h"
#include "collector/people/people.h"
#include "common/client_name.h"
#include "common/config.h"
#include "common/log.h"
#include "common/text.h"

#include <string.h>

/* What the body names, as it is to be looked for. */
struct wanted {
    const char *texts[PERSON_KINDS]; /* NULL: not named */
    char rut[RUT_SIZE];
    char mail[MAIL_ADDRESS_SIZE];
    size_t count;
};

struct wanted_keys {
    struct person_key list[PERSON_KINDS + 1];
    size_t count;
};

/* One of the body's members; true where it is absent, too. */
static bool read_text(const cJSON *body, enum person_kind kind, struct wanted *wanted,
                      struct json_reason *why)
{
    const char *text = NULL;

    if (!json_get_text(body, person_kind_name(kind), JSON_OPTIONAL, 1, PERSON_TEXT_MAX, &text, why))
        return false;
    if (text == NULL)
        return true;
    if (strlen(text) > PERSON_TEXT_MAX)
        return json_refuse(why, person_kind_name(kind),
                           SAY_REASON_TOO_LONG((int64_t)strlen(text), (int64_t)PERSON_TEXT_MAX));
    if (text[strspn(text, " \t")] == '\0') /* or whoever has said no name would be erased */
        return json_refuse(why, person_kind_name(kind), SAY_REASON_BLANK(person_kind_name(kind)));
    wanted->texts[kind] = text;
    wanted->count++;
    return true;
}

static bool is_one(struct wanted *wanted, struct json_reason *why)
{
    const char **texts = wanted->texts;

    if (texts[PERSON_RUT] != NULL && !rut_from_person(texts[PERSON_RUT], wanted->rut))
        return json_refuse(why, "rut", SAY_REASON_RUT());
    if (texts[PERSON_RUT] != NULL)
        texts[PERSON_RUT] = wanted->rut;
    if (texts[PERSON_PASSPORT] != NULL && !passport_is_valid(texts[PERSON_PASSPORT]))
        return json_refuse(why, "passport", SAY_REASON_PASSPORT());
    if (texts[PERSON_MAIL] != NULL && !mail_address_from_person(texts[PERSON_MAIL], wanted->mail))
        return json_refuse(why, "mail", SAY_REASON_MAIL("mail"));
    if (texts[PERSON_MAIL] != NULL)
        texts[PERSON_MAIL] = wanted->mail;
    return wanted->count > 0 || json_refuse(why, "rut", SAY_REASON_PERSON());
}

static bool read_wanted(const cJSON *body, struct wanted *wanted, struct json_reason *why)
{
    *wanted = (struct wanted){ 0 };
    for (enum person_kind kind = 0; kind < PERSON_KINDS; kind++)
        if (!read_text(body, kind, wanted, why))
            return false;
    return is_one(wanted, why);
}

/* A client stands under the name, where a cart or the desk said it so, or under the pseudonym that
 * the guild's key makes of it. */
static void add_pseudonym(struct api_call *call, const char *client, struct wanted_keys *keys)
{
    const struct settings *settings = frame_options(call->frame)->settings;
    char name[PERSON_TEXT_MAX + 1];
    struct client_names names;
    char *key = client_names_open("pseudonym", settings->clients_keyfile, &names);

    text_put(name, sizeof name, client);
    if (key != NULL)
        client_name_apply(&names, name, sizeof name);
    config_free_secret(key);
    if (strcmp(name, client) != 0)
        person_key_make(call->store, PERSON_CLIENT, name, &keys->list[keys->count++]);
}

static void make_keys(struct api_call *call, const struct wanted *wanted, struct wanted_keys *keys)
{
    keys->count = 0;
    for (enum person_kind kind = 0; kind < PERSON_KINDS; kind++)
        if (wanted->texts[kind] != NULL)
            person_key_make(call->store, kind, wanted->texts[kind], &keys->list[keys->count++]);
    if (wanted->texts[PERSON_CLIENT] != NULL)
        add_pseudonym(call, wanted->texts[PERSON_CLIENT], keys);
}

/* {"items":[{"key","pseudonym","places"},…]}, by what is done with each. */
static void answer(struct api_call *call, const struct wanted_keys *keys,
                   void (*each)(struct api_call *call, const struct person_key *key,
                                struct json_writer *json))
{
    struct json_writer json = call_json(call, 200);

    json_object_begin(&json, NULL);
    json_array_begin(&json, "items");
    for (size_t i = 0; i < keys->count; i++) {
        json_object_begin(&json, NULL);
        json_text(&json, "key", person_kind_name(keys->list[i].kind));
        json_text(&json, "pseudonym", keys->list[i].pseudonym);
        each(call, &keys->list[i], &json);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
}

static void find(struct api_call *call, const struct person_key *key, struct json_writer *json)
{
    person_find(call->store, key, json);
    call_acted(call, "person-find", key->pseudonym, NULL);
}

static void erase(struct api_call *call, const struct person_key *key, struct json_writer *json)
{
    person_erase(call->store, key, call->now_ms, json);
    call_acted(call, "person-erase", key->pseudonym, NULL);
}

/* The last admin stays; everybody else's account ends with the person. */
static bool may_go(struct api_call *call, const struct wanted *wanted)
{
    const char *user = wanted->texts[PERSON_USER];

    if (user == NULL || user_remove(call->store, user) != USER_LAST_ADMIN)
        return true;
    store_rollback(call->store);
    call_problem(call, PROBLEM_LAST_ADMIN, NULL, NULL);
    return false;
}

static void find_all(struct api_call *call, const struct wanted *wanted)
{
    struct wanted_keys keys;

    make_keys(call, wanted, &keys);
    answer(call, &keys, find);
    call_commit(call);
}

static void erase_all(struct api_call *call, const struct wanted *wanted)
{
    struct wanted_keys keys;

    if (!may_go(call, wanted))
        return;
    make_keys(call, wanted, &keys);
    answer(call, &keys, erase);
    if (call_commit(call) && !store_scrub(call->store))
        log_warn("people", "a reader keeps the store's log with older pages; it goes later",
                 "keys=%zu", keys.count);
}

/* `act` in a transaction that it ends, with whom the body names. */
static void act_on_wanted(struct api_call *call,
                          void (*act)(struct api_call *call, const struct wanted *wanted))
{
    struct json_reason why = { 0 };
    struct wanted wanted;
    cJSON *body = call_body(call);

    if (body == NULL)
        return;
    if (!read_wanted(body, &wanted, &why))
        call_refuse(call, &why);
    else if (store_begin(call->store))
        act(call, &wanted);
    cJSON_Delete(body);
}

static void people_find(struct api_call *call)
{
    act_on_wanted(call, find_all);
}

static void people_erase(struct api_call *call)
{
    act_on_wanted(call, erase_all);
}

static const struct route routes[] = {
    { "POST", API "/people/find", WHO_ADMIN, ROUTE_ACT | ROUTE_SECRET, NULL, people_find },
    { "POST", API "/people/erase", WHO_ADMIN, ROUTE_ACT_ONCE, NULL, people_erase },
};
const struct route_table people_routes = ROUTE_TABLE_OF(routes);

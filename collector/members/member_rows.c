/* Applications as rows, and what follows from a decision. */
#include "collector/members/member.h"

#include "collector/alerts/alert.h"
#include "collector/effects/mail.h"

#include "member_words.h"
#include "members_sql.h"

#include "common/log.h"
#include "common/text.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = { [MEMBER_PENDING] = "pending",
                                     [MEMBER_ACCEPTED] = "accepted",
                                     [MEMBER_REJECTED] = "rejected",
                                     [MEMBER_LEFT] = "left" };

const char *member_status_name(enum member_status status)
{
    return names[status];
}

bool member_is_known(struct store *store, const char *id)
{
    return store_has(store, SQL_MEMBER_IS_KNOWN, "t", id);
}

void member_say_reason(const char *reason, enum lang lang, struct buffer *out)
{
    if (!say_kept(reason, member_sentences, lang, out))
        buffer_text(out, reason);
}

static void enqueue_mail(struct store *store, const struct member *member,
                         const struct member_decision *decision)
{
    char id[MEMBER_ID_MAX + 32];
    struct buffer parameters = { 0 };
    struct json_writer json = json_write_to(&parameters);

    snprintf(id, sizeof id, "member/%s/%s", member->id, names[decision->status]);
    json_object_begin(&json, NULL);
    json_text(&json, "status", names[decision->status]);
    json_text(&json, "reason", decision->reason);
    json_text(&json, "plate", member->plate);
    json_object_end(&json);
    mail_add(store,
             &(struct mail){ .id = id,
                             .recipient = member->email,
                             .reader = MAIL_STRANGER,
                             .template = "member",
                             .parameters = parameters.bytes,
                             .cause_ms = decision->cause_ms },
             decision->now_ms);
    buffer_free(&parameters);
}

/* What is not in the row itself: mail, log, alert. The log has no person, and no words about one.
 */
static void follow(struct store *store, const struct member *member,
                   const struct member_decision *decision)
{
    log_info("members", "application", "id=%s premium=%d status=%s", member->id, member->premium,
             names[decision->status]);
    if (decision->status == MEMBER_ACCEPTED)
        alert_end(store, ALERT_UNREGISTERED_CART, member->plate, decision->now_ms);
    if (decision->status != MEMBER_PENDING)
        enqueue_mail(store, member, decision);
}

bool member_has_conflict(struct store *store, const struct member *member)
{
    return store_has(store, SQL_MEMBER_CONFLICT, "tt", member->plate, member_person(member));
}

void member_take(struct store *store, const struct member *member,
                 const struct member_decision *decision)
{
    bool decided = decision->status != MEMBER_PENDING;

    store_run(store, SQL_MEMBER_INSERT, "ttttttttittio", member->id, member_person(member),
              member->rut[0] != '\0' ? member->rut : NULL,
              member->passport[0] != '\0' ? member->passport : NULL, member->name, member->lastname,
              member->email, member->plate, (int64_t)member->premium, names[decision->status],
              decision->reason, member->applied_ms, decided ? decision->now_ms : -1);
    follow(store, member, decision);
}

enum member_decided member_decide(struct store *store, const char *person,
                                  const struct member_decision *decision,
                                  char id[MEMBER_ID_MAX + 1])
{
    char rut[RUT_SIZE] = "";
    struct member member = { 0 };
    bool pending = false, taken = false;

    rut_from_person(person, rut);
    struct store_rows *rows = store_query(store, SQL_MEMBER_OF_PERSON, "tt", person, rut);
    bool known = store_next(rows);
    if (known) {
        pending = strcmp(store_text(rows, 0), names[MEMBER_PENDING]) == 0;
        text_put(member.id, sizeof member.id, store_text(rows, 1));
        text_put(member.name, sizeof member.name, store_text(rows, 2));
        text_put(member.email, sizeof member.email, store_text(rows, 3));
        text_put(member.plate, sizeof member.plate, store_text(rows, 4));
        member.premium = store_int(rows, 5) != 0;
        taken = pending && decision->status == MEMBER_ACCEPTED &&
                store_has(store, SQL_MEMBER_TAKEN, "tt", member.plate, store_text(rows, 6));
    }
    store_rows_end(rows);
    if (!pending)
        return known ? MEMBER_WAS_DECIDED : MEMBER_UNKNOWN;
    if (taken)
        return MEMBER_IS_TAKEN;
    store_run(store, SQL_MEMBER_DECIDE, "ttit", names[decision->status], decision->reason,
              decision->now_ms, member.id);
    if (store_changed(store) != 1)
        return MEMBER_WAS_DECIDED;
    follow(store, &member, decision);
    snprintf(id, MEMBER_ID_MAX + 1, "%s", member.id);
    return MEMBER_DECIDED;
}

/* Members who leave, or go on under another plate. */
#include "collector/members/member.h"

#include "collector/alerts/alert.h"

#include "members_sql.h"

#include "common/log.h"
#include "common/text.h"

#include <string.h>

static bool find(struct store *store, const char *person, struct member_ended *member,
                 int64_t *accepted_ms)
{
    char rut[RUT_SIZE] = "";

    rut_from_person(person, rut);
    struct store_rows *rows = store_query(store, SQL_MEMBER_ACCEPTED, "ttt", person, person, rut);
    bool found = store_next(rows);
    if (found) {
        text_put(member->id, sizeof member->id, store_text(rows, 0));
        text_put(member->plate, sizeof member->plate, store_text(rows, 1));
        *accepted_ms = store_int(rows, 2);
    }
    store_rows_end(rows);
    return found;
}

static void end(struct store *store, const struct member_change *change, int64_t left_ms,
                const struct member_ended *member)
{
    store_run(store, SQL_MEMBER_LEAVE, "itt", left_ms, change->reason, member->id);
    store_run(store, SQL_MEMBER_UNCHECKED, "t", member->plate);
}

enum member_changed member_leave(struct store *store, const struct member_change *change,
                                 struct member_ended *ended)
{
    int64_t accepted_ms = 0;

    if (!find(store, change->person, ended, &accepted_ms))
        return MEMBER_NO_MEMBER;
    if (change->left_ms < accepted_ms)
        return MEMBER_NOT_YET;
    end(store, change, change->left_ms, ended);
    log_info("members", "left", "id=%s plate=%s", ended->id, ended->plate);
    return MEMBER_CHANGED;
}

enum member_changed member_change_plate(struct store *store, const struct member_change *change,
                                        struct member_ended *ended)
{
    int64_t accepted_ms = 0;

    if (!find(store, change->person, ended, &accepted_ms))
        return MEMBER_NO_MEMBER;
    if (store_has(store, SQL_MEMBER_PLATE_TAKEN, "t", change->plate))
        return MEMBER_PLATE_TAKEN;
    end(store, change, change->now_ms, ended);
    store_run(store, SQL_MEMBER_AGAIN, "ttit", change->id, change->plate, change->now_ms,
              ended->id);
    alert_end(store, ALERT_UNREGISTERED_CART, change->plate, change->now_ms);
    log_info("members", "another plate", "id=%s plate=%s former=%s", change->id, change->plate,
             ended->plate);
    return MEMBER_CHANGED;
}

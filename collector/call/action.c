/* Writes acts. */
#include "collector/call/action.h"

#include "action_sql.h"

void action_add(struct store *store, const struct action *action)
{
    store_run(store, SQL_ACTION_INSERT, "itttt", action->time_ms, action->user, action->name,
              action->subject, action->details);
}

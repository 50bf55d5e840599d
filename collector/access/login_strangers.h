/* Names that nobody has and that were tried until they were blocked. They are somebody's words and
 * no account of ours: one alert an hour says how many there were, and from how many addresses. Rows
 * of the store, in the caller's transaction. */
#ifndef CARRITO_COLLECTOR_LOGIN_STRANGERS_H
#define CARRITO_COLLECTOR_LOGIN_STRANGERS_H

#include "collector/store/store.h"

struct settings;

#define LOGIN_STRANGERS_MS 3600000 /* from one alert to the next */

/* Notes a name that is blocked since then, and whence its attempts came. */
void login_stranger_note(struct store *store, const char *name, int64_t since_ms);
/* True where an alert is to be raised, or to end. */
bool login_strangers_are_due(struct store *store, int64_t now_ms);
/* Ends the alert of the hour before, and raises one where there were any since. */
void login_strangers_tell(struct store *store, const struct settings *settings, int64_t now_ms);

#endif

/* Commands that read the outbox alone: no agent need run. */
#ifndef CARRITO_AGENT_CLIENT_OUTBOX_H
#define CARRITO_AGENT_CLIENT_OUTBOX_H

#include "agent/settings.h"

enum client_format { CLIENT_TEXT, CLIENT_JSON };

/* The day's receipts, pieces, pesos and voids, and how many events wait. Who may not read the
 * outbox asks the agent for them. Exit status. */
int client_today(const struct settings *settings, int64_t wall_ms, enum client_format format);
/* `what` is list (a line per event), export (NDJSON, the bytes as they are sent) or verify. All
 * that can be read is written; what cannot is said on standard error, and the exit status is 1. */
int client_outbox(const struct settings *settings, const char *what);

#endif

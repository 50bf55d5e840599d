/* One question to the running agent. */
#ifndef CARRITO_AGENT_CLIENT_ASK_H
#define CARRITO_AGENT_CLIENT_ASK_H

#include "agent/settings.h"
#include "agent/words.h"
#include "common/buffer.h"

#include <cjson/cJSON.h>

/* Sends the line and returns the answer, which the caller frees. Where the connection ends before
 * the answer (the agent was restarted) the line is sent again, so what acts must be marked.
 * NULL where there is no agent, or no answer within CLIENT_WAIT_S (said on standard error). */
cJSON *client_ask(const struct settings *settings, const struct buffer *question);
/* Prints what the answer says where people read it, in the configured language, and returns the
 * exit status. */
int client_report(const struct settings *settings, const cJSON *answer);
/* On standard error, in the configured language: what the command says by itself. */
void client_say(const struct settings *settings, const struct saying *saying);

#endif

/* A till and what it has under way with the running agent: the vendor's request, and some
 * times a second how the agent is. For a terminal and for keypads alike.
 *
 * Never blocks. A request is marked (client_mark.h): while the agent is away it is asked again, and
 * done once. */
#ifndef CARRITO_AGENT_TILL_SESSION_H
#define CARRITO_AGENT_TILL_SESSION_H

#include "agent/till.h"
#include "agent/till_link.h"
#include "common/buffer.h"

#include <poll.h>

#define TILL_SESSION_FDS     2
#define TILL_STATUS_QUESTION "{\"request\":\"status\"}\n"

struct till_session {
    struct till *till;           /* not owned */
    struct till_request request; /* under way while act.pending */
    bool wanted;                 /* it goes to the agent in the next turn */
    struct till_link act, look;
    int64_t looked_ms;
};

/* `socket`: the agent's, not owned. */
void till_session_open(struct till_session *session, struct till *till, const char *socket);
void till_session_close(struct till_session *session);

/* A key that was pressed at `at_ms`, as till_key takes it; what it asks for goes to the agent. */
void till_session_key(struct till_session *session, char key, int64_t at_ms);
/* As time goes by, and when one of the descriptors has something. */
void till_session_turn(struct till_session *session, int64_t mono_ms);
/* Fills TILL_SESSION_FDS places; a place that is not used has the descriptor -1. */
void till_session_poll_fds(const struct till_session *session, struct pollfd *fds);
/* How long to wait at most before the next turn. */
int till_session_timeout_ms(const struct till_session *session);

/* Appends the question for a request, a line. */
void till_session_write(const struct till_request *request, struct buffer *out);

#endif

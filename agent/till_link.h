/* One question at a time to the running agent, without standing still for it.
 *
 * Asks again where the connection ends before the answer, so what acts must be marked
 * (client_mark.h). Never blocks. */
#ifndef CARRITO_AGENT_TILL_LINK_H
#define CARRITO_AGENT_TILL_LINK_H

#include "common/buffer.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

struct till_link {
    const char *path; /* of the agent's socket, not owned */
    int fd;           /* -1: none; for poll(2), POLLIN */
    bool pending;
    bool sent; /* the question has reached an agent, once at least */
    struct buffer question, answer;
    int64_t end_ms, again_ms; /* monotonic */
};

struct till_link till_link_to(const char *path);
void till_link_close(struct till_link *link);
/* Asks `link->question`, a line, and gives up after CLIENT_WAIT_S. For a link without a pending
 * one. */
void till_link_ask(struct till_link *link, int64_t mono_ms);
/* True where the question has come to its end: `*answer` is the caller's to free, NULL where there
 * was none in time. */
bool till_link_turn(struct till_link *link, int64_t mono_ms, cJSON **answer);

#endif

/* What `status` answers: how the agent does, in words for programs, and the link in words for
 * people. */
#ifndef CARRITO_AGENT_REQUEST_STATUS_H
#define CARRITO_AGENT_REQUEST_STATUS_H

#include "agent/requests.h"
#include "common/json_write.h"

/* Adds to the object that is open. Asks the kernel for a route where nobody answers; does not
 * block. */
void request_status_write(const struct requests *requests, struct json_writer *json);

#endif

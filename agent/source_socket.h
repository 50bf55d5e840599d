/* The vendor's way in: a local stream socket, one request a line, one answer a line.
 *
 * Non-blocking, part of the caller's poll loop: at most SOCKET_CLIENTS_MAX at once; one more takes
 * the place of whoever has been silent for longest. A line whose asker has closed the connection
 * is not answered, and so not done; one whose asker only says no more (a half close) is. The
 * socket's file is the user's and the group's only (0660). */
#ifndef CARRITO_AGENT_SOURCE_SOCKET_H
#define CARRITO_AGENT_SOURCE_SOCKET_H

#include "common/buffer.h"

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#define SOCKET_CLIENTS_MAX 8

struct source_socket;

/* Answers one request (without its line end) by appending one line. Runs inside the turn. */
typedef void source_socket_answer(void *owner, const char *bytes, size_t length,
                                  struct buffer *answer);

/* Replaces a socket that no process listens on. NULL and a log line where it cannot be made, or
 * another agent listens. */
struct source_socket *source_socket_open(const char *path, source_socket_answer *answer,
                                         void *owner);
void source_socket_close(struct source_socket *source);
/* Fills at most SOCKET_CLIENTS_MAX + 1 entries; returns how many. */
size_t source_socket_poll_fds(const struct source_socket *source, struct pollfd *fds);
/* Serves what poll(2) found; `fds` as filled before. */
void source_socket_turn(struct source_socket *source, const struct pollfd *fds, size_t count,
                        int64_t mono_ms);

#endif

/* The operators' live stream (contract, section 6, `GET /stream`): what Kafka brings, as
 * server-sent events for many clients at once.
 *
 * One thread reads Kafka while somebody listens, and keeps the last events in a ring; each client
 * reads from its own place in it on the server's threads. Nobody is waited for: a client whose
 * place has left the ring is dropped, and comes back with its Last-Event-ID to a `reset`. Where
 * more happens than a person can look at, a `reset` stands for it as well: "ask again". Comments
 * give the time (ms) at which each was said, so that a client knows how late it hears. `stored`
 * says up to which event the store has it all. Thread-safe. */
#ifndef CARRITO_COLLECTOR_STREAM_H
#define CARRITO_COLLECTOR_STREAM_H

#include "collector/access/access.h"
#include "collector/api/stream_stored.h"
#include "collector/http/response.h"
#include "common/config.h"

#include <stdbool.h>
#include <stdint.h>

#define STREAM_CLIENTS_MAX 256

struct stream_options {
    const char *brokers;
    const struct config_pairs *pairs;
    /* Appends a JSON array of the roles of this process, for the event `consumer`. Runs on the
     * stream's thread. */
    void (*roles)(void *owner, struct buffer *out);
    /* Whether the store has what was told of a record; on the stream's thread. */
    stream_is_applied *is_applied;
    void *owner;
};

/* How the server lets one client wait. Both are called under the stream's lock. */
struct stream_waiting {
    void (*suspend)(void *owner);
    void (*resume)(void *owner);
    void *owner;
};

struct stream;
struct stream_client;

struct stream *stream_open(const struct stream_options *options);
/* Every client's next read is the last one. */
void stream_end(struct stream *stream);
/* After stream_end(), with no client left. Harmless for NULL. */
void stream_close(struct stream *stream);

/* Who listens. */
struct stream_listener {
    const char *last_id; /* it goes on after it; NULL: from now on */
    int64_t expires_ms;  /* wall clock */
    enum role role;      /* it hears what this role may read */
};

/* NULL where there are STREAM_CLIENTS_MAX. */
struct stream_client *stream_join(struct stream *stream, const struct stream_listener *listener,
                                  const struct stream_waiting *waiting);
/* What comes next for it, for response.more: RESPONSE_WAIT after it was suspended. */
enum response_piece stream_read(void *client, struct buffer *out);
/* For response.drop. */
void stream_leave(void *client);

#endif

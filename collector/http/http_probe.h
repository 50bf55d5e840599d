/* Asks our own HTTP server now and then, as a client would: whether its threads still take
 * connections is seen from outside only. Any answer will do, a refusal too. Nothing blocks. */
#ifndef CARRITO_COLLECTOR_HTTP_PROBE_H
#define CARRITO_COLLECTOR_HTTP_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#define HTTP_PROBE_MS 10000 /* between two questions */

struct http_probe {
    int listener; /* whose address is asked; -1: none yet */
    int fd;       /* of a question that waits for its answer, or -1 */
    bool asked;   /* the connection has taken it */
    int64_t due_ms;
};

void http_probe_init(struct http_probe *probe, int listener, int64_t mono_ms);
/* Asks when it is time. False while an answer is waited for. */
bool http_probe_turn(struct http_probe *probe, int64_t mono_ms);
void http_probe_close(struct http_probe *probe);

#endif

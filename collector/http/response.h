/* An HTTP answer before it is sent: filled by a handler, sent and freed by http.c. */
#ifndef CARRITO_COLLECTOR_RESPONSE_H
#define CARRITO_COLLECTOR_RESPONSE_H

#include "common/buffer.h"

#include <stddef.h>

#define RESPONSE_HEADERS_MAX 10
#define RESPONSE_VALUE_SIZE  512

/* RESPONSE_WAIT: nothing now, and the exchange was suspended until there is (http_suspend()). */
enum response_piece { RESPONSE_MORE, RESPONSE_WAIT, RESPONSE_END, RESPONSE_BROKEN };

struct response_header {
    const char *name;
    char value[RESPONSE_VALUE_SIZE];
};

struct response {
    int status;
    const char *content_type; /* static */
    struct buffer body;
    struct response_header headers[RESPONSE_HEADERS_MAX];
    size_t header_count;
    /* For an answer that is made in pieces: appends the next one to `out`. RESPONSE_END may come
     * with a last piece; RESPONSE_BROKEN cuts the connection, so that the client sees that the
     * answer is not whole. Runs on a thread of the server's pool, may read the store; `body` goes
     * out first. `drop` frees `source`, on any thread. */
    enum response_piece (*more)(void *source, struct buffer *out);
    void (*drop)(void *source);
    void *source;
};

/* Values are cut at their room; names are static. Past RESPONSE_HEADERS_MAX it is an error of the
 * program. */
void response_header(struct response *response, const char *name, const char *value);
/* Empties it and frees what it owns. */
void response_clear(struct response *response);

#endif

/* The HTTP server's own, for http.c, http_forwarded.c and form.c. */
#ifndef CARRITO_COLLECTOR_HTTP_PARTS_H
#define CARRITO_COLLECTOR_HTTP_PARTS_H

#include "common/buffer.h"

struct http_exchange;
struct MHD_Connection;

/* As long as the exchange is not answered. */
struct MHD_Connection *http_connection(const struct http_exchange *exchange);
/* Appends the values of all lines of X-Forwarded-For, in order, with commas between (RFC
 * 9110, 5.2). */
void http_forwarded(struct MHD_Connection *connection, struct buffer *all);

#endif

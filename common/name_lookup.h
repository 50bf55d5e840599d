/* The addresses of a name, looked up on a thread of its own: a name server that does not answer
 * takes half a minute, and neither a loop nor a program's end may wait for it.
 *
 * No call blocks. A lookup belongs to one thread, which ends it by one of the two last calls. */
#ifndef CARRITO_NAME_LOOKUP_H
#define CARRITO_NAME_LOOKUP_H

#include <stdbool.h>

struct addrinfo;
struct name_lookup;

/* Begins what getaddrinfo(3) does with the same three; all are copied. NULL where there is no
 * memory or no thread to be had. */
struct name_lookup *name_lookup_begin(const char *name, const char *service,
                                      const struct addrinfo *hints);
bool name_lookup_is_done(const struct name_lookup *lookup);
/* Of a lookup that is done: 0 and its addresses, the caller's to freeaddrinfo(); or getaddrinfo's
 * error, and `found` is NULL. Frees the lookup. */
int name_lookup_take(struct name_lookup *lookup, struct addrinfo **found);
/* Nobody wants the answer any more: whoever of the two threads is the last frees it. Harmless for
 * NULL. */
void name_lookup_abandon(struct name_lookup *lookup);

#endif

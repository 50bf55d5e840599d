/* Fills in the pages that a browser must be able to read without a script (console/pedir.html,
 * pedido.html). Pure. */
#ifndef CARRITO_COLLECTOR_PAGE_FILL_H
#define CARRITO_COLLECTOR_PAGE_FILL_H

#include "common/buffer.h"
#include "common/catalogue.h"

#include <cjson/cJSON.h>

/* Appends the page's file `name` ("pedir", "pedir_product") in this language.
 *
 * In it `{{name}}` is a text of `values`, written as text; a line of which one is absent, null or
 * "" is left out; `{{?name}}` is that or nothing. `{{&name}}` is HTML that was filled in before, or
 * nothing. `{{t:name}}` is a sentence of console/buyers.txt. Whatever else stands in braces is an
 * error of the program. */
void page_fill(const char *name, enum lang lang, const cJSON *values, struct buffer *out);
/* The same into a member of `values`, as `{{&member}}` shows it. */
void page_fill_member(const char *name, enum lang lang, const cJSON *piece, cJSON *values,
                      const char *member);

#endif

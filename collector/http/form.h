/* A form in a request's body, `application/x-www-form-urlencoded` or `multipart/form-data` (HTML
 * 4.10.22), as libmicrohttpd reads it. Nothing blocks. */
#ifndef CARRITO_COLLECTOR_FORM_H
#define CARRITO_COLLECTOR_FORM_H

#include "collector/http/http.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

#define FORM_FIELDS_MAX 16 /* with more it cannot be read */

/* True where a page of another site sends the request. A browser says where the page is from
 * (Sec-Fetch-Site, else Origin, which is then held against Host); what says nothing is no browser.
 */
bool form_is_of_other_site(const struct http_exchange *exchange);
/* True where the body is said to be a form, and no page of another site sends it: a browser sends
 * forms anywhere without asking the server first, as it does for JSON. */
bool form_is_sent(const struct http_exchange *exchange);
/* The form as an object with a text for each field, which the caller frees. NULL where it cannot be
 * read: it is cut, a field comes twice, or one is no UTF-8 or has a NUL. The whole body must be
 * there, and the exchange not be answered. */
cJSON *form_read(const struct http_exchange *exchange);

#endif

/* The languages that people are spoken to in: the guild's (CARRITO_LANG), or a client's own. */
#ifndef CARRITO_COLLECTOR_LANG_H
#define CARRITO_COLLECTOR_LANG_H

#include "common/catalogue.h"

/* The language for `Accept-Language` (RFC 9110, 12.5.4); `standard` where it names neither. */
enum lang lang_choose(const char *accept_language, enum lang standard);
/* "es" or "en"; anything else is Spanish. */
enum lang lang_from_name(const char *name);
const char *lang_name(enum lang lang);

#endif

/* Which of the languages a client is spoken to in. */
#ifndef CARRITO_COLLECTOR_LANG_H
#define CARRITO_COLLECTOR_LANG_H

#include "common/catalogue.h"

/* The language for `Accept-Language` (RFC 9110, 12.5.4); `standard` where it names neither. */
enum lang lang_choose(const char *accept_language, enum lang standard);

#endif

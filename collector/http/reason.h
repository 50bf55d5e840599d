/* Why something was refused, for people who read Spanish. The readers of common/ and of the roles
 * say it in English, as it goes into logs and dead letters. */
#ifndef CARRITO_COLLECTOR_REASON_H
#define CARRITO_COLLECTOR_REASON_H

#include "common/buffer.h"

/* Appends the Spanish for a reason ("quantity must be from 1 to 10000"). Where it is about `field`
 * (NULL: none), that stands before it already ("debe estar entre 1 y 10000"); where it is about
 * another one, as of an event within a dead letter, it is named ("quantity debe estar …"). What is
 * in no row is appended as it is. Thread-safe. */
void reason_in_spanish(struct buffer *out, const char *english, const char *field);

#endif

/* Imports: lines of a cart's `outbox export`, carried to the office on its card, taken as if they
 * had come from MQTT.
 *
 * Each line is an event of any type. A good one is queued for its topic with its bytes as they are;
 * a bad one goes to the dead letters with its reason; one that is here already is counted and left;
 * one whose identity is here with other bytes is refused: the role sets it aside. So the same file
 * can be imported again, after a failure too. The line
 * {"counts":…} at its end is no event: it is the cart's word about the outbox of the events before
 * it, with the card in no cart. */
#ifndef CARRITO_COLLECTOR_IMPORT_H
#define CARRITO_COLLECTOR_IMPORT_H

#include "collector/store/store.h"
#include "common/protocol.h"

#include <stddef.h>
#include <stdint.h>

struct import {
    struct store *store; /* the caller's transaction */
    const char *user;    /* who brings it; the source of the records is import:{user} */
    int64_t now_ms;      /* the wall clock */
    char cart[CART_LENGTH_MAX + 1], epoch[EPOCH_LENGTH_MAX + 1]; /* of the last event, or "" */
    int64_t added, duplicate, refused;
};

/* A line without its end; an empty one is passed over. Marks and ends of lines that a file has got
 * on its way (a byte order mark, CR, blanks around the line) are not bytes of the event. */
void import_line(struct import *import, const char *bytes, size_t length);

#endif

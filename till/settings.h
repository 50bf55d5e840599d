/* The configuration of carrito-till (contract, section 7). */
#ifndef CARRITO_TILL_SETTINGS_H
#define CARRITO_TILL_SETTINGS_H

#include "common/config.h"

struct settings {
    char *socket, *lang;
    int64_t till_ask;  /* pieces; more want a second Enter */
    char *till_device; /* which devices are keypads (till/keypad.h) */
    char *till_voice;  /* the program that speaks; "none": none */
};

extern const struct config_spec settings_spec;

#endif

/* One keypad: a device of the kernel's input layer, which nobody else hears while it is held. The
 * edge to libevdev. Never blocks. */
#ifndef CARRITO_TILL_KEYPAD_H
#define CARRITO_TILL_KEYPAD_H

#include <stdint.h>

/* Which devices are keypads (CARRITO_TILL_DEVICE): these two words, a name as the device says it,
 * or a path. Many keypads say that they have all letters, so that only who installs one can know
 * it. */
#define KEYPAD_AUTO "auto" /* a numeric block and no whole row of letters */
#define KEYPAD_ANY  "any"  /* a numeric block */

struct keypad;

enum keypad_how {
    KEYPAD_TAKEN,
    KEYPAD_LATER,   /* it may not be opened yet, or another program holds it */
    KEYPAD_LETTERS, /* a keyboard, left alone */
    KEYPAD_NEVER
};

struct keypad_found {
    enum keypad_how how;
    int error;     /* errno of KEYPAD_LATER */
    char name[80]; /* the device's; empty where it could not be asked */
};

/* Opens the device at `path` and holds it, where it is one that is `wanted`; else NULL, and `found`
 * says why. */
struct keypad *keypad_open(const char *path, const char *wanted, struct keypad_found *found);
/* NULL is harmless. */
void keypad_close(struct keypad *keypad);
const char *keypad_path(const struct keypad *keypad);
const char *keypad_name(const struct keypad *keypad);
/* For poll(2), POLLIN. */
int keypad_fd(const struct keypad *keypad);

enum keypad_event {
    KEYPAD_QUIET, /* nothing more for now */
    KEYPAD_KEY,   /* one of the till's was pressed */
    KEYPAD_HELD,  /* and is still down (till/keys.h) */
    KEYPAD_LOST,  /* keys came faster than they were read, and are gone */
    KEYPAD_GONE   /* unplugged */
};

/* The next event. `key` and `at_ms`, monotonic, the kernel's time of the press, are set where there
 * is a key. */
enum keypad_event keypad_next(struct keypad *keypad, char *key, int64_t *at_ms);

#endif

/* What the events of a keypad mean: keys of the till (agent/till.h). Pure; codes and values are
 * those of linux/input-event-codes.h and input(7).
 *
 * A keypad says a key's code, whatever NumLock is; what NumLock does is left to whoever reads. */
#ifndef CARRITO_TILL_KEYS_H
#define CARRITO_TILL_KEYS_H

#include <stdbool.h>
#include <stdint.h>

/* Longer than a finger stays on a key, cold and wet as it may be. */
#define KEYS_STUCK_MS 700

enum keys_kind {
    KEYS_OTHER,    /* no numeric block: a mouse, a switch, a power button */
    KEYS_KEYBOARD, /* a numeric block among letters */
    KEYS_KEYPAD
};

/* By the codes that a device says it has. */
enum keys_kind keys_kind(bool (*has)(const void *device, unsigned code), const void *device);
/* '\n' for Enter, '\b' for what takes one back; '\0': the key is none of the till's. */
char keys_character(unsigned code);

/* The key that is down. */
struct keys {
    unsigned code; /* 0: none */
    int64_t since_ms;
    bool stuck;
};

enum keys_news {
    KEYS_NOTHING,
    KEYS_PRESSED,
    KEYS_STUCK /* once a press: it is held down */
};

/* An event of a key: `value` is 0 released, 1 pressed, 2 repeated by the kernel. */
enum keys_news keys_event(struct keys *keys, unsigned code, int value, int64_t at_ms);

#endif

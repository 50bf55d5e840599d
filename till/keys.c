/* A table of codes, and how long the last key has been down. */
#include "till/keys.h"

#include <linux/input-event-codes.h>
#include <stddef.h>

/* The digits above the letters, too: some keypads say those. */
static const struct {
    unsigned code;
    char character;
} table[] = {
    { KEY_KP0, '0' },       { KEY_KP1, '1' },      { KEY_KP2, '2' },     { KEY_KP3, '3' },
    { KEY_KP4, '4' },       { KEY_KP5, '5' },      { KEY_KP6, '6' },     { KEY_KP7, '7' },
    { KEY_KP8, '8' },       { KEY_KP9, '9' },      { KEY_KPDOT, '.' },   { KEY_KPCOMMA, '.' },
    { KEY_KPJPCOMMA, '.' }, { KEY_KPPLUS, '+' },   { KEY_KPMINUS, '-' }, { KEY_KPASTERISK, '*' },
    { KEY_KPSLASH, '/' },   { KEY_KPENTER, '\n' }, { KEY_ENTER, '\n' },  { KEY_BACKSPACE, '\b' },
    { KEY_0, '0' },         { KEY_1, '1' },        { KEY_2, '2' },       { KEY_3, '3' },
    { KEY_4, '4' },         { KEY_5, '5' },        { KEY_6, '6' },       { KEY_7, '7' },
    { KEY_8, '8' },         { KEY_9, '9' },
};

enum keys_kind keys_kind(bool (*has)(const void *device, unsigned code), const void *device)
{
    static const unsigned block[] = { KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3, KEY_KP4,    KEY_KP5,
                                      KEY_KP6, KEY_KP7, KEY_KP8, KEY_KP9, KEY_KPENTER };
    /* A keypad may claim a letter or some (hexadecimal digits, shortcuts): only who has the whole
     * row is a keyboard. */
    static const unsigned row[] = { KEY_Q, KEY_W, KEY_E, KEY_R, KEY_T,
                                    KEY_Y, KEY_U, KEY_I, KEY_O, KEY_P };

    for (size_t i = 0; i < sizeof block / sizeof *block; i++)
        if (!has(device, block[i]))
            return KEYS_OTHER;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (!has(device, row[i]))
            return KEYS_KEYPAD;
    return KEYS_KEYBOARD;
}

char keys_character(unsigned code)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].code == code)
            return table[i].character;
    return '\0';
}

enum keys_news keys_event(struct keys *keys, unsigned code, int value, int64_t at_ms)
{
    if (value == 1) {
        *keys = (struct keys){ .code = code, .since_ms = at_ms };
        return keys_character(code) != '\0' ? KEYS_PRESSED : KEYS_NOTHING;
    }
    if (code != keys->code)
        return KEYS_NOTHING;
    if (value == 0) {
        *keys = (struct keys){ 0 };
        return KEYS_NOTHING;
    }
    if (keys->stuck || at_ms - keys->since_ms < KEYS_STUCK_MS)
        return KEYS_NOTHING;
    keys->stuck = true;
    return KEYS_STUCK;
}

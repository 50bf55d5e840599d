/* Proves which devices are keypads, and what their keys mean: codes as a real one sends them. */
#include "till/keys.h"

#include <linux/input-event-codes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct range {
    unsigned first, last;
};

struct device {
    struct range ranges[6];
};

static bool has(const void *owner, unsigned code)
{
    const struct device *device = owner;

    for (size_t i = 0; i < 6; i++)
        if (code >= device->ranges[i].first && code <= device->ranges[i].last &&
            device->ranges[i].last != 0)
            return true;
    return false;
}

#define BLOCK                                                                                      \
    { KEY_KP7, KEY_KPDOT }, { KEY_KPENTER, KEY_KPENTER },                                          \
    {                                                                                              \
        KEY_KPASTERISK, KEY_KPASTERISK                                                             \
    }

static void a_keypad_is_known_by_its_keys(void **state)
{
    static const struct device keypad = { { BLOCK,
                                            { KEY_BACKSPACE, KEY_TAB },
                                            { KEY_NUMLOCK, KEY_NUMLOCK } } },
                               keyboard = { { BLOCK, { KEY_ESC, KEY_SPACE } } },
                               hexadecimal = { { BLOCK, { KEY_A, KEY_F }, { KEY_B, KEY_C } } },
                               most_of_a_row = { { BLOCK, { KEY_W, KEY_P } } },
                               laptop = { { { KEY_ESC, KEY_SPACE } } },
                               mouse = { { { BTN_MOUSE, BTN_TASK } } }, nothing = { { { 0, 0 } } };

    (void)state;
    assert_int_equal(keys_kind(has, &keypad), KEYS_KEYPAD);
    assert_int_equal(keys_kind(has, &keyboard), KEYS_KEYBOARD);
    assert_int_equal(keys_kind(has, &hexadecimal), KEYS_KEYPAD);
    assert_int_equal(keys_kind(has, &most_of_a_row), KEYS_KEYPAD);
    assert_int_equal(keys_kind(has, &laptop), KEYS_OTHER);
    assert_int_equal(keys_kind(has, &mouse), KEYS_OTHER);
    assert_int_equal(keys_kind(has, &nothing), KEYS_OTHER);
}

static void each_key_is_its_character(void **state)
{
    static const unsigned codes[] = {
        KEY_KP0,        KEY_KP1,     KEY_KP2,   KEY_KP3,   KEY_KP4,    KEY_KP5,     KEY_KP6,
        KEY_KP7,        KEY_KP8,     KEY_KP9,   KEY_KPDOT, KEY_KPPLUS, KEY_KPMINUS, KEY_KPSLASH,
        KEY_KPASTERISK, KEY_KPENTER, KEY_ENTER, KEY_0,     KEY_1,      KEY_9,       KEY_BACKSPACE
    };
    char characters[sizeof codes / sizeof *codes + 1] = "";

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        characters[i] = keys_character(codes[i]);
    assert_string_equal(characters, "0123456789.+-/*\n\n019\b");
    for (unsigned code = KEY_Q; code <= KEY_P; code++)
        assert_int_equal(keys_character(code), '\0');
    assert_int_equal(keys_character(KEY_NUMLOCK), '\0');
    assert_int_equal(keys_character(0xffff), '\0');
}

static void a_press_is_a_key_and_a_release_is_none(void **state)
{
    struct keys keys = { 0 };

    (void)state;
    assert_int_equal(keys_event(&keys, KEY_KP3, 1, 1000), KEYS_PRESSED);
    assert_int_equal(keys_event(&keys, KEY_KP3, 0, 1080), KEYS_NOTHING);
    assert_int_equal(keys_event(&keys, KEY_NUMLOCK, 1, 1100), KEYS_NOTHING);
    assert_int_equal(keys_event(&keys, KEY_KP3, 1, 1120), KEYS_PRESSED);
}

/* The kernel repeats after 250 ms, each 33 ms. */
static void a_slow_finger_is_one_press_and_a_stuck_key_is_told_once(void **state)
{
    struct keys keys = { 0 };
    int stuck = 0;

    (void)state;
    assert_int_equal(keys_event(&keys, KEY_KP3, 1, 1000), KEYS_PRESSED);
    for (int64_t ms = 1250; ms < 1600; ms += 33)
        assert_int_equal(keys_event(&keys, KEY_KP3, 2, ms), KEYS_NOTHING);
    for (int64_t ms = 1600; ms < 60000; ms += 33)
        stuck += keys_event(&keys, KEY_KP3, 2, ms) == KEYS_STUCK;
    assert_int_equal(stuck, 1);
    assert_int_equal(keys_event(&keys, KEY_KP3, 0, 60000), KEYS_NOTHING);
    assert_int_equal(keys_event(&keys, KEY_KP3, 2, 60100), KEYS_NOTHING); /* of nothing */
    assert_int_equal(keys_event(&keys, KEY_KP4, 1, 60200), KEYS_PRESSED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "a keypad is known by its keys", a_keypad_is_known_by_its_keys, NULL, NULL, NULL },
        { "each key is its character", each_key_is_its_character, NULL, NULL, NULL },
        { "a press is a key and a release is none", a_press_is_a_key_and_a_release_is_none, NULL,
          NULL, NULL },
        { "a slow finger is one press and a stuck key is told once",
          a_slow_finger_is_one_press_and_a_stuck_key_is_told_once, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

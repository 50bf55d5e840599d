/* The table of keys. */
#include "till/settings.h"
#include "till/keypad.h"

#include "common/config_keys.h"
#include "common/protocol.h"

#include <string.h>

static const struct config_key keys[] = {
    CONFIG_KEY_SOCKET(offsetof(struct settings, socket), "the agent's socket"),
    CONFIG_KEY_LANG(offsetof(struct settings, lang), "language of the voice"),
    CONFIG_KEY_TILL_ASK(offsetof(struct settings, till_ask), "pieces; more want a second Enter"),
    { .name = "till_device",
      .type = CONFIG_TEXT,
      .offset = offsetof(struct settings, till_device),
      .initial = KEYPAD_AUTO,
      .help = "auto, any, a device's name or path" },
    { .name = "till_voice",
      .type = CONFIG_TEXT,
      .offset = offsetof(struct settings, till_voice),
      .initial = "espeak-ng",
      .help = "program that speaks, or none" },
};

const struct config_spec settings_spec = {
    .program = "carrito-till",
    .usage = "carrito-till: sells by a numeric keypad, without a terminal, and says aloud what\n"
             "was done. The keys are those of `carrito-agent till`.\n\n"
             "  carrito-till [OPTION]...",
    .keys = keys,
    .key_count = sizeof keys / sizeof *keys,
};

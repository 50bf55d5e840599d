/* The table of keys. */
#include "till/settings.h"
#include "till/keypad.h"

#include "common/protocol.h"

#include <string.h>

static const struct config_key keys[] = {
    { .name = "socket",
      .type = CONFIG_TEXT,
      .offset = offsetof(struct settings, socket),
      .initial = "/run/carrito/agent.sock",
      .help = "the agent's socket" },
    { .name = "lang",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, lang),
      .initial = "es",
      .check = config_is_language,
      .allowed = "es or en",
      .help = "language of the voice" },
    { .name = "till_ask",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, till_ask),
      .initial = "20",
      .min = 1,
      .max = QUANTITY_MAX,
      .help = "pieces; more want a second Enter" },
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

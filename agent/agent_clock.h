/* The agent's clock: which moment it is, and where that is known from. */
#ifndef CARRITO_AGENT_AGENT_CLOCK_H
#define CARRITO_AGENT_AGENT_CLOCK_H

#include "agent/clock_source.h"
#include "agent/clock_state.h"
#include "agent/event_maker.h"

#include <stdbool.h>
#include <stdint.h>

struct agent_clock {
    struct clock_source source;
    bool refusal_told; /* once: each event would say it again */
    char boot[BOOT_ID_LENGTH + 1];
};

void agent_clock_init(struct agent_clock *clock);
/* The moment of these two times; asks the system how its clock does. Its `boot` points into
 * `clock`. */
struct moment agent_clock_now(struct agent_clock *clock, int64_t wall_ms, int64_t mono_ms);

#endif

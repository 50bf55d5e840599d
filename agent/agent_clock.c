/* The system's word on its clock, and the source's. */
#include "agent/agent_clock.h"

#include "common/clock.h"
#include "common/log.h"

void agent_clock_init(struct agent_clock *clock)
{
    clock_source_init(&clock->source, clock_state_built_ms());
    clock_state_boot_id(clock->boot);
}

static void tell_refusal(struct agent_clock *clock, const struct clock_state *state)
{
    if (!state->refused || clock->refusal_told)
        return;
    clock->refusal_told = true;
    log_warn("clock", "adjtimex is not permitted here: nobody says whether the clock is right",
             NULL);
}

struct moment agent_clock_now(struct agent_clock *clock, int64_t wall_ms, int64_t mono_ms)
{
    struct clock_state state;

    clock_state_read(&state);
    tell_refusal(clock, &state);
    return (struct moment){ .wall_ms = wall_ms,
                            .clock = clock_source_now(&clock->source, &state, wall_ms, mono_ms),
                            .boot = clock->boot,
                            .boot_ms = clock_boot_ms() };
}

/* A short table. */
#include "agent/order_steps.h"

#include <string.h>

static const struct {
    const char *from, *to;
} steps[] = {
    { ORDER_OFFERED, "preparando" },
    { "preparando", "entregando" },
    { "entregando", "finalizado" },
};

#define STEPS (sizeof steps / sizeof *steps)

const char *order_next_step(const char *status)
{
    for (size_t i = 0; i < STEPS; i++)
        if (strcmp(steps[i].from, status) == 0)
            return steps[i].to;
    return NULL;
}

bool order_step_is_word(const char *status)
{
    for (size_t i = 0; i < STEPS; i++)
        if (strcmp(steps[i].to, status) == 0)
            return true;
    return strcmp(status, ORDER_REFUSED) == 0;
}

/* Due times of many things, the earliest first: a binary heap that knows where each thing is, so
 * that a due time can change in O(log n). Pure. */
#ifndef CARRITO_SIM_TIMERS_H
#define CARRITO_SIM_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

struct timers;

/* Things are numbered 0 to count - 1; each is due at INT64_MAX at first. NULL: no memory. */
struct timers *timers_open(uint32_t count);
void timers_close(struct timers *timers);
void timers_set(struct timers *timers, uint32_t thing, int64_t due_ms);
/* When the earliest thing is due; *thing says which. */
int64_t timers_earliest(const struct timers *timers, uint32_t *thing);

#endif

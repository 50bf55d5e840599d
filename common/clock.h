/* The clocks, read here and nowhere else: what decides gets its time as an argument. */
#ifndef CARRITO_CLOCK_H
#define CARRITO_CLOCK_H

#include <stdint.h>

/* Wall clock, milliseconds since 1970 UTC. */
int64_t clock_wall_ms(void);
/* Monotonic, milliseconds since some start; for timeouts and back-off. */
int64_t clock_mono_ms(void);
/* The same clock in microseconds; for measuring. */
int64_t clock_mono_us(void);
/* Monotonic, counts suspension too; milliseconds since boot. */
int64_t clock_boot_ms(void);

/* From `now_ms` until `due_ms`, for poll(2): 0 where that is past, be it INT64_MIN ("at once"). */
int64_t clock_until_ms(int64_t due_ms, int64_t now_ms);

static inline int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static inline int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Stands still for so long, or until a signal comes. */
void clock_pause_ms(int64_t ms);

#endif

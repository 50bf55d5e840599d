/* What the system says of its own clock: the impure half of clock_source. Nothing here blocks. */
#ifndef CARRITO_CLOCK_STATE_H
#define CARRITO_CLOCK_STATE_H

#include <stdbool.h>
#include <stdint.h>

#define BOOT_ID_LENGTH 36

struct clock_state {
    bool synchronised; /* adjtimex(2): a time daemon keeps the clock right now */
    bool refused;      /* adjtimex(2) may not be asked here (a sandbox): nobody knows */
    bool has_rtc;      /* /sys/class/rtc has a device: the time survives power off */
};

/* Reads the state of the moment; what cannot be read is false. Cheap enough for each event. */
void clock_state_read(struct clock_state *state);

/* The kernel's id of this boot (/proc/sys/kernel/random/boot_id), or "" if there is none. */
void clock_state_boot_id(char boot[BOOT_ID_LENGTH + 1]);

/* When this program was built, ms since 1970 (00:00 UTC of the day before, so that it is in the
 * past in every zone): the real time cannot be earlier. */
int64_t clock_state_built_ms(void);

#endif

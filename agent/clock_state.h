/* What the system says of its own clock: the impure half of clock_source. Nothing here blocks. */
#ifndef CARRITO_CLOCK_STATE_H
#define CARRITO_CLOCK_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOT_ID_LENGTH 36
#define CLOCK_RTCS_MAX 4 /* more are not asked; a board has one or two */

struct clock_state {
    bool synchronised; /* adjtimex(2): a time daemon keeps the clock right now */
    bool refused;      /* adjtimex(2) may not be asked here (a sandbox): nobody knows */
    size_t rtc_count;  /* chips that told their time; not asked where synchronised */
    int64_t rtc_ms[CLOCK_RTCS_MAX]; /* what each says, ms since 1970, to the second */
};

/* Reads the state of the moment; what cannot be read is false or not there. Cheap enough for each
 * event: a chip on a slow bus takes a millisecond or two. */
void clock_state_read(struct clock_state *state);

/* The half of it that asks the chips: each `rtc*` in `folder` has a file `since_epoch`, seconds
 * (Documentation/ABI/testing/sysfs-class-rtc). */
void clock_state_read_rtcs(struct clock_state *state, const char *folder);

/* The kernel's id of this boot (/proc/sys/kernel/random/boot_id), or "" if there is none. */
void clock_state_boot_id(char boot[BOOT_ID_LENGTH + 1]);

/* When this program was built, ms since 1970 (00:00 UTC of the day before, so that it is in the
 * past in every zone): the real time cannot be earlier. */
int64_t clock_state_built_ms(void);

#endif

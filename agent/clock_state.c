/* The system's word about its clock, from adjtimex(2), /sys/class/rtc and /proc. */
#include "agent/clock_state.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#define DAY_MS INT64_C(86400000)

static void ask_kernel(struct clock_state *state)
{
    struct timex ask = { .modes = 0 }; /* only reads, so it needs no privilege */
    int answer = adjtimex(&ask);

    state->refused = answer < 0;
    state->synchronised = answer >= 0 && answer != TIME_ERROR && (ask.status & STA_UNSYNC) == 0;
}

static bool has_rtc(void)
{
    DIR *directory = opendir("/sys/class/rtc");
    bool found = false;

    if (directory == NULL) {
        return false;
    }
    for (struct dirent *entry = readdir(directory); entry != NULL && !found;
         entry = readdir(directory)) {
        found = strncmp(entry->d_name, "rtc", 3) == 0;
    }
    closedir(directory);
    return found;
}

void clock_state_read(struct clock_state *state)
{
    ask_kernel(state);
    state->has_rtc = has_rtc();
}

void clock_state_boot_id(char boot[BOOT_ID_LENGTH + 1])
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

    boot[0] = '\0';
    if (file == NULL) {
        return;
    }
    if (fread(boot, 1, BOOT_ID_LENGTH, file) != BOOT_ID_LENGTH) {
        boot[0] = '\0';
    }
    boot[boot[0] == '\0' ? 0 : BOOT_ID_LENGTH] = '\0';
    fclose(file);
}

int64_t clock_state_built_ms(void)
{
    /* The compiler's date, "Sep  6 2026"; reproducible builds set it by SOURCE_DATE_EPOCH. */
    struct tm date = { 0 };

    if (strptime(__DATE__, "%b %d %Y", &date) == NULL) {
        return 0;
    }
    return (int64_t)timegm(&date) * 1000 - DAY_MS;
}

/* Reads adjtimex(2), /sys/class/rtc and the boot id. */
#include "agent/clock_state.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#define DAY_MS 86400000LL

static bool rtc_is_there(void)
{
    DIR *folder = opendir("/sys/class/rtc");
    struct dirent *entry;
    bool found = false;

    if (folder == NULL)
        return false;
    while (!found && (entry = readdir(folder)) != NULL)
        found = strncmp(entry->d_name, "rtc", 3) == 0;
    closedir(folder);
    return found;
}

void clock_state_read(struct clock_state *state)
{
    struct timex timex = { .modes = 0 };
    int rc = adjtimex(&timex);

    state->synchronised = rc >= 0 && rc != TIME_ERROR && !(timex.status & STA_UNSYNC);
    state->has_rtc = !state->synchronised && rtc_is_there();
}

void clock_state_boot_id(char boot[BOOT_ID_LENGTH + 1])
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");

    boot[0] = '\0';
    if (file == NULL)
        return;
    if (fgets(boot, BOOT_ID_LENGTH + 1, file) == NULL)
        boot[0] = '\0';
    boot[strcspn(boot, "\n")] = '\0';
    fclose(file);
}

int64_t clock_state_built_ms(void)
{
    struct tm built = { 0 };

    /* __DATE__ is "Nov 22 2026"; SOURCE_DATE_EPOCH replaces it in reproducible builds. */
    if (strptime(__DATE__, "%b %d %Y", &built) == NULL)
        return 0;
    return (int64_t)timegm(&built) * 1000 - DAY_MS;
}

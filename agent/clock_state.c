/* The system's word about its clock, from adjtimex(2), /sys/class/rtc and /proc. */
#include "agent/clock_state.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#define DAY_MS    INT64_C(86400000)
#define PATH_SIZE 512

static void ask_kernel(struct clock_state *state)
{
    struct timex ask = { .modes = 0 }; /* only reads, so it needs no privilege */
    int answer = adjtimex(&ask);

    state->refused = answer < 0;
    state->synchronised = answer >= 0 && answer != TIME_ERROR && (ask.status & STA_UNSYNC) == 0;
}

static bool read_seconds(const char *folder, const char *name, int64_t *seconds)
{
    char path[PATH_SIZE], text[32] = "";

    if (snprintf(path, sizeof path, "%s/%s/since_epoch", folder, name) >= (int)sizeof path)
        return false;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool read = fgets(text, sizeof text, file) != NULL;
    fclose(file);
    char *end = text;
    errno = 0;
    *seconds = strtoll(text, &end, 10);
    return read && errno == 0 && end != text && (*end == '\n' || *end == '\0') && *seconds > 0 &&
           *seconds < INT64_MAX / 1000;
}

void clock_state_read_rtcs(struct clock_state *state, const char *folder)
{
    DIR *directory = opendir(folder);
    int64_t seconds;

    state->rtc_count = 0;
    if (directory == NULL)
        return;
    for (struct dirent *entry = readdir(directory);
         entry != NULL && state->rtc_count < CLOCK_RTCS_MAX; entry = readdir(directory))
        if (strncmp(entry->d_name, "rtc", 3) == 0 && read_seconds(folder, entry->d_name, &seconds))
            state->rtc_ms[state->rtc_count++] = seconds * 1000;
    closedir(directory);
}

void clock_state_read(struct clock_state *state)
{
    *state = (struct clock_state){ .rtc_count = 0 };
    ask_kernel(state);
    if (!state->synchronised)
        clock_state_read_rtcs(state, "/sys/class/rtc");
}

void clock_state_boot_id(char boot[BOOT_ID_LENGTH + 1])
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

    boot[0] = '\0';
    if (file == NULL)
        return;
    if (fread(boot, 1, BOOT_ID_LENGTH, file) != BOOT_ID_LENGTH)
        boot[0] = '\0';
    boot[boot[0] == '\0' ? 0 : BOOT_ID_LENGTH] = '\0';
    fclose(file);
}

int64_t clock_state_built_ms(void)
{
    /* The compiler's date, "Sep  6 2026"; reproducible builds set it by SOURCE_DATE_EPOCH. */
    struct tm date = { 0 };

    if (strptime(__DATE__, "%b %d %Y", &date) == NULL)
        return 0;
    return (int64_t)timegm(&date) * 1000 - DAY_MS;
}

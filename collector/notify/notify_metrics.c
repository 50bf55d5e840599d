/* A counter for each channel and result. */
#include "collector/notify/notify_metrics.h"

#include "common/metrics.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *const channels[NOTIFY_CHANNELS] = { "mail", "webhook" };
static const char *const results[] = { "sent", "deferred", "failed", "skipped", "digested" };
#define RESULTS (sizeof results / sizeof *results)

static struct metric counters[NOTIFY_CHANNELS][RESULTS];
static char labels[NOTIFY_CHANNELS][RESULTS][64];

void notify_register_metrics(void)
{
    for (size_t c = 0; c < NOTIFY_CHANNELS; c++)
        for (size_t r = 0; r < RESULTS; r++) {
            snprintf(labels[c][r], sizeof labels[c][r], "channel=\"%s\",result=\"%s\"", channels[c],
                     results[r]);
            counters[c][r] = (struct metric){ .name = "carrito_notifications_total",
                                              .help = "Mails and posts, by what became of them.",
                                              .type = METRIC_COUNTER,
                                              .labels = labels[c][r] };
            metric_register(&counters[c][r]);
        }
}

void notify_count(enum notify_channel channel, const char *result)
{
    for (size_t r = 0; r < RESULTS; r++)
        if (strcmp(results[r], result) == 0)
            metric_add(&counters[channel][r], 1);
}

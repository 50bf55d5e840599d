/* From the salvage into drafts. */
#include "agent/outbox_rescue.h"
#include "agent/outbox_draft.h"
#include "agent/salvage.h"

#include "common/log.h"

#include <stdio.h>

struct rescue {
    struct outbox_damage *damage;
    struct outbox_drafts drafts;
};

static bool take_row(void *owner, const char *bytes, size_t length)
{
    struct rescue *rescue = owner;

    rescue->damage->rows++;
    outbox_drafts_take(&rescue->drafts, bytes, length);
    return true;
}

static void note_hole(void *owner, int64_t first_seq, int64_t last_seq)
{
    (void)owner;
    log_error("outbox", "events of a damaged file cannot be read", "first_seq=%lld last_seq=%lld",
              (long long)first_seq, (long long)last_seq);
}

bool outbox_rescue(const char *outbox, const char *file, int64_t wall_ms,
                   struct outbox_damage *damage)
{
    static const struct salvage_calls calls = { take_row, note_hole };
    struct rescue rescue = { .damage = damage };
    struct salvage_report report = { .acked_seq = -1 };

    outbox_drafts_begin(&rescue.drafts, outbox);
    if (salvage_waiting(file, &calls, &rescue, &report))
        snprintf(damage->epoch, sizeof damage->epoch, "%s", report.epoch);
    bool written = outbox_drafts_end(&rescue.drafts, report.acked_seq, wall_ms);
    /* Without a head nobody knows where what waits begins and ends. */
    damage->whole = written && report.acked_seq >= 0 && report.missing == 0;
    return written;
}

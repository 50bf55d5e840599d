/* Reads each file's head once. */
#include "agent/former.h"
#include "agent/outbox_former.h"
#include "agent/outbox_rescue.h"
#include "agent/room.h"

#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRITTEN_MAX 8 /* in one message; the oldest */

/* What the damaged file still gives becomes other former outboxes; it is tried again at the next
 * start where the card does not take them. */
static void rescue(const char *outbox, const char *path, int64_t wall_ms)
{
    struct outbox_damage damage = { .rows = 0 };
    char aside[ASIDE_PATH_SIZE];

    if (!room_is_writable(path) || !outbox_rescue(outbox, path, wall_ms, &damage))
        return;
    const struct aside as = { .kind = damage.whole ? ASIDE_WHOLE : ASIDE_DAMAGED,
                              .wall_ms = wall_ms };
    if (!outbox_aside_add(outbox, path, &as, aside))
        return;
    log_error("outbox", "a damaged former outbox was set aside", "path=%s epoch=%s rows=%lld",
              aside, damage.epoch, (long long)damage.rows);
}

/* Before it is listed: a damaged one is rescued, one of several plates becomes one for each. */
static void mend(const char *outbox, const char *path, int64_t wall_ms)
{
    struct outbox *former = outbox_open_former(path);
    bool is_sound = former != NULL;

    if (is_sound) {
        outbox_count(former, 0, INT64_MAX); /* reads the pages of its rows */
        is_sound = !outbox_is_broken(former);
        if (is_sound)
            outbox_former_split(former, outbox, wall_ms);
    }
    outbox_close(former);
    if (!is_sound)
        rescue(outbox, path, wall_ms);
}

/* Takes the path over where something waits. */
static bool take(struct formers *formers, char *path)
{
    struct outbox *outbox = outbox_open_former(path);
    struct former *former = &formers->list[formers->count];

    if (outbox == NULL)
        return false;
    *former = (struct former){ .path = path };
    former->waiting = outbox_count(outbox, outbox_head(outbox)->acked_seq, INT64_MAX);
    former->oldest_ms = outbox_oldest_waiting_ms(outbox);
    former->is_unreadable = !outbox_is_one_plates(outbox);
    outbox_former_plate(outbox, former->cart);
    snprintf(former->epoch, sizeof former->epoch, "%s", outbox_head(outbox)->epoch);
    bool sound = !outbox_is_broken(outbox);
    outbox_close(outbox);
    if (sound && former->waiting == 0)
        outbox_aside_sent(path);
    if (!sound || former->waiting == 0)
        return false;
    log_warn("outbox", "a former outbox has events that wait", "path=%s plate=%s waiting=%lld",
             path, former->cart, (long long)former->waiting);
    formers->count++;
    return true;
}

/* The outbox's own file, which lies where nothing can be set aside. */
static void take_card(struct formers *formers, const char *outbox)
{
    struct former *former = &formers->list[formers->count];
    struct outbox *file = outbox_open_former(outbox);

    *former = (struct former){ .path = strdup(outbox),
                               .waiting = formers->card.waiting,
                               .is_unreadable = file == NULL || !formers->card.is_all };
    if (former->path == NULL)
        abort();
    former->oldest_ms = file != NULL ? outbox_oldest_waiting_ms(file) : 0;
    memcpy(former->cart, formers->card.cart, sizeof former->cart);
    snprintf(former->epoch, sizeof former->epoch, "%s",
             file != NULL ? outbox_head(file)->epoch : "");
    outbox_close(file);
    formers->count++;
}

void formers_look(struct formers *formers, const char *outbox, int64_t wall_ms)
{
    char *found[ASIDE_FILES_MAX];
    size_t count = outbox_aside_list(outbox, ASIDE_FORMER, found);

    for (size_t i = 0; i < count; i++)
        mend(outbox, found[i], wall_ms);
    outbox_aside_free(found, count);
    formers_free(formers);
    count = outbox_aside_list(outbox, ASIDE_FORMER, found);
    for (size_t i = 0; i < count; i++)
        if (!take(formers, found[i]))
            free(found[i]);
    if (formers->card.waiting > 0)
        take_card(formers, outbox);
}

int64_t formers_waiting(const struct formers *formers)
{
    int64_t waiting = 0;

    for (size_t i = 0; i < formers->count; i++)
        waiting += formers->list[i].waiting;
    return waiting;
}

int64_t formers_oldest_ms(const struct formers *formers)
{
    int64_t oldest_ms = 0;

    for (size_t i = 0; i < formers->count; i++) {
        int64_t ms = formers->list[i].oldest_ms;
        if (ms > 0 && (oldest_ms == 0 || ms < oldest_ms))
            oldest_ms = ms;
    }
    return oldest_ms;
}

void formers_free(struct formers *formers)
{
    for (size_t i = 0; i < formers->count; i++)
        free(formers->list[i].path);
    formers->count = 0;
}

void formers_remove(struct formers *formers, struct former *former)
{
    size_t at = (size_t)(former - formers->list);

    free(former->path);
    formers->count--;
    memmove(former, former + 1, (formers->count - at) * sizeof *former);
}

void formers_write(const struct formers *formers, struct json_writer *json)
{
    if (formers->count == 0)
        return;
    json_array_begin(json, "former");
    for (size_t i = 0; i < formers->count && i < WRITTEN_MAX; i++) {
        const struct former *former = &formers->list[i];
        json_object_begin(json, NULL);
        json_text(json, "cart", former->cart);
        json_text(json, "epoch", former->epoch);
        json_int(json, "waiting", former->waiting);
        json_bool(json, "sends", former->sends);
        json_object_end(json);
    }
    json_array_end(json);
}

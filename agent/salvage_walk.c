/* Looks through the pages once for where events are, and gives them out in their order. */
#include "agent/salvage_walk.h"

#include "common/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where an event is. */
struct place {
    int64_t seq;
    uint32_t image, at;
};

struct salvage_walk {
    struct page_file *pages;
    char epoch[EPOCH_LENGTH_MAX + 1];
    char voted[EPOCH_LENGTH_MAX + 1];
    int64_t votes;
    bool head_is_right; /* an event of `epoch` was found */
    int64_t after_seq;  /* the last that was given out */
    struct place *places;
    size_t count, room, next;
    struct salvage_cell cell;
};

/* What a row that was found is for. */
typedef void found_call(struct salvage_walk *walk, const struct outbox_row *row,
                        const struct place *place);

static void look_through(struct salvage_walk *walk, found_call *found)
{
    size_t size = page_file_size(walk->pages);

    for (int64_t image = 0; image < page_file_images(walk->pages); image++) {
        const unsigned char *page = page_file_image(walk->pages, image);
        for (size_t at = 0; page != NULL && at < size; at++) {
            struct place place = { .image = (uint32_t)image, .at = (uint32_t)at };
            struct outbox_row row;
            if (salvage_cell_read(&walk->cell, walk->pages, page, at, &row))
                found(walk, &row, &place);
        }
    }
}

static void keep_place(struct salvage_walk *walk, const struct outbox_row *row,
                       const struct place *place)
{
    if (row->seq <= walk->after_seq || !outbox_row_is_event(row, walk->epoch))
        return;
    if (walk->count == walk->room) {
        walk->room = walk->room * 2 + 256;
        walk->places = realloc(walk->places, walk->room * sizeof *walk->places);
        if (walk->places == NULL)
            abort();
    }
    walk->places[walk->count] = *place;
    walk->places[walk->count++].seq = row->seq;
}

/* Boyer and Moore's majority vote. */
static void vote(struct salvage_walk *walk, const struct outbox_row *row, const struct place *place)
{
    struct json_reason why;
    struct event event;

    (void)place;
    if (!outbox_row_is_whole(row) || !event_read(row->bytes, row->length, &event, &why) ||
        event.seq != row->seq)
        return;
    walk->head_is_right = walk->head_is_right || strcmp(walk->epoch, event.epoch) == 0;
    if (walk->votes == 0)
        snprintf(walk->voted, sizeof walk->voted, "%s", event.epoch);
    walk->votes += strcmp(walk->voted, event.epoch) == 0 ? 1 : -1;
}

/* Of two places of one event the later state of its page comes first. */
static int compare(const void *left, const void *right)
{
    const struct place *a = left, *b = right;

    if (a->seq != b->seq)
        return a->seq < b->seq ? -1 : 1;
    return a->image > b->image ? -1 : a->image < b->image;
}

struct salvage_walk *salvage_walk_open(struct page_file *pages, const char *epoch,
                                       int64_t after_seq)
{
    struct salvage_walk *walk = calloc(1, sizeof *walk);

    if (walk == NULL)
        abort();
    walk->pages = pages;
    walk->after_seq = after_seq;
    snprintf(walk->epoch, sizeof walk->epoch, "%s", epoch);
    if (epoch[0] != '\0')
        look_through(walk, keep_place);
    if (walk->count == 0)
        look_through(walk, vote);
    if (walk->count == 0 && !walk->head_is_right) {
        snprintf(walk->epoch, sizeof walk->epoch, "%s", walk->voted);
        look_through(walk, keep_place);
    }
    if (walk->count > 0)
        qsort(walk->places, walk->count, sizeof *walk->places, compare);
    return walk;
}

void salvage_walk_close(struct salvage_walk *walk)
{
    if (walk == NULL)
        return;
    free(walk->places);
    free(walk);
}

const char *salvage_walk_epoch(const struct salvage_walk *walk)
{
    return walk->epoch;
}

/* The card may give less than it did a moment ago. */
bool salvage_walk_next(struct salvage_walk *walk, struct outbox_row *row)
{
    while (walk->next < walk->count) {
        const struct place *place = &walk->places[walk->next++];
        if (place->seq <= walk->after_seq)
            continue;
        const unsigned char *page = page_file_image(walk->pages, place->image);
        if (page == NULL || !salvage_cell_read(&walk->cell, walk->pages, page, place->at, row) ||
            !outbox_row_is_event(row, walk->epoch))
            continue;
        walk->after_seq = row->seq;
        return true;
    }
    return false;
}

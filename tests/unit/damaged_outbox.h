/* Outboxes for damages_test.c, random damages of them, and which rows a damage cannot have touched.
 *
 * The rows are found by their text alone, so that this knows nothing of how they are salvaged. */
#ifndef CARRITO_TESTS_DAMAGED_OUTBOX_H
#define CARRITO_TESTS_DAMAGED_OUTBOX_H

#include "outbox_room.h"

#include <endian.h>
#include <fcntl.h>

#define ROWS        300
#define PER_COMMIT  10
#define PAGE        4096
#define SECTOR      512
#define LOG_HEAD    32
#define FRAME_HEAD  24
#define FRAME       (FRAME_HEAD + PAGE)
#define TEXT_MAX    1024
#define COPIES_MAX  8000
#define BEFORE_TEXT 16 /* bytes of a row before its text, at most */
#define BEHIND_TEXT 16

enum original_kind {
    ORIGINAL_CLOSED, /* shut down: no log */
    ORIGINAL_LIVE    /* copied while it was open: the newest rows are in the log only */
};

/* Where the text of a row stands. */
struct copy {
    int64_t seq;
    bool in_log;
    size_t from, to; /* of the whole row, in its file */
};

struct original {
    unsigned char *file, *log;
    size_t file_size, log_size;
    char epoch[EPOCH_LENGTH_MAX + 1];
    char text[ROWS + 1][TEXT_MAX];
    struct copy copies[COPIES_MAX];
    size_t copy_count;
};

struct damage {
    bool in_log;
    size_t from, to;   /* these bytes are others; for a cut, `to` is the end */
    size_t cut;        /* the length that is left; 0: not cut */
    size_t swapped[2]; /* pages of the file that stand in each other's place; both 0: none */
    int bit;           /* of the byte at `from`; -1: a sector of zeros, or none of both */
    char text[128];
};

static int64_t original_seq_of(const char *bytes, size_t length)
{
    const char *at = memmem(bytes, length, "\"seq\":", 6);

    return at != NULL ? strtoll(at + 6, NULL, 10) : 0;
}

static bool original_has(const struct original *original, int64_t seq, const char *bytes,
                         size_t length)
{
    return strlen(original->text[seq]) == length && memcmp(original->text[seq], bytes, length) == 0;
}

static unsigned char *read_whole(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY);
    off_t length = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
    unsigned char *bytes = malloc((size_t)length + 1);

    assert_non_null(bytes);
    if (fd >= 0)
        assert_int_equal(pread(fd, bytes, (size_t)length, 0), length);
    close(fd);
    *size = (size_t)length;
    return bytes;
}

static void find_copies(struct original *original, bool in_log)
{
    const unsigned char *bytes = in_log ? original->log : original->file;
    size_t size = in_log ? original->log_size : original->file_size;
    const unsigned char *at = bytes;

    while ((at = memmem(at, size - (size_t)(at - bytes), "{\"v\":1,", 7)) != NULL) {
        size_t from = (size_t)(at - bytes);
        int64_t seq = original_seq_of((const char *)at, size - from < 200 ? size - from : 200);
        size_t length = seq >= 1 && seq <= ROWS ? strlen(original->text[seq]) : 0;
        at++;
        if (length == 0 || from + length > size ||
            memcmp(original->text[seq], bytes + from, length) != 0)
            continue;
        assert_true(original->copy_count < COPIES_MAX);
        original->copies[original->copy_count++] =
            (struct copy){ seq, in_log, from - BEFORE_TEXT, from + length + BEHIND_TEXT };
    }
}

static void sell_rows(struct outbox *outbox, int64_t upto)
{
    const struct sale_request sale = { .quantity = 1, .amount = 500, .price = EVENT_ABSENT };
    const struct moment moment = { NOON_MS, CLOCK_NTP, "boot", 1000 };
    struct event events[PER_COMMIT];

    while (outbox_head(outbox)->last_seq < upto) {
        struct event_maker maker = maker_of(outbox);
        for (int j = 0; j < PER_COMMIT; j++)
            event_maker_sale(&maker, &moment, &sale, &events[j]);
        assert_int_equal(outbox_commit(outbox, events, PER_COMMIT, NULL), OUTBOX_OK);
    }
}

static void keep_texts(struct outbox *outbox, struct original *original)
{
    struct outbox_range range = { 0, INT64_MAX, ROWS, SIZE_MAX };
    struct buffer rows = { 0 };
    unsigned events;
    char *line;

    outbox_read(outbox, &range, &rows, &events);
    assert_int_equal(events, ROWS);
    line = strtok(rows.bytes, "\n");
    for (int64_t seq = 1; seq <= ROWS; seq++, line = strtok(NULL, "\n"))
        snprintf(original->text[seq], TEXT_MAX, "%s", line);
    buffer_free(&rows);
}

/* Of its rows the centre has those up to `acked`. */
static void original_make(const struct scratch *scratch, enum original_kind kind, int64_t acked,
                          struct original *original)
{
    char path[1024], log_path[1100];

    *original = (struct original){ .copy_count = 0 };
    snprintf(path, sizeof path, "%s/original-%d.db", scratch->folder, (int)kind);
    snprintf(log_path, sizeof log_path, "%s-wal", path);
    struct outbox *outbox = outbox_open(path, "BBCL23", NOON_MS);
    assert_non_null(outbox);
    if (kind == ORIGINAL_LIVE) { /* its first half is in the file, too */
        sell_rows(outbox, ROWS / 2);
        outbox_close(outbox);
        outbox = outbox_open(path, "BBCL23", NOON_MS);
        assert_non_null(outbox);
    }
    sell_rows(outbox, ROWS - PER_COMMIT);
    outbox_acknowledge(outbox, acked); /* in the file with the next commit */
    sell_rows(outbox, ROWS);
    keep_texts(outbox, original);
    snprintf(original->epoch, sizeof original->epoch, "%s", outbox_head(outbox)->epoch);
    if (kind == ORIGINAL_CLOSED)
        outbox_close(outbox);
    original->file = read_whole(path, &original->file_size);
    original->log = read_whole(log_path, &original->log_size);
    if (kind == ORIGINAL_LIVE)
        outbox_close(outbox);
    find_copies(original, false);
    find_copies(original, true);
}

static void original_free(struct original *original)
{
    free(original->file);
    free(original->log);
}

/* A number below `below`, by the seed. */
static size_t draw(uint64_t *random, size_t below)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(*random >> 33) % below;
}

static void damage_make(const struct original *original, unsigned seed, struct damage *damage)
{
    uint64_t random = (uint64_t)seed * 2654435761u;
    size_t kind = draw(&random, 4);
    bool in_log = original->log_size > 0 && draw(&random, 2) == 0;
    size_t size = in_log ? original->log_size : original->file_size;

    *damage = (struct damage){ .in_log = in_log, .bit = -1 };
    if (kind == 3 && !in_log) {
        damage->swapped[0] = draw(&random, size / PAGE);
        damage->swapped[1] = draw(&random, size / PAGE);
    } else if (kind == 2) {
        damage->from = damage->cut = 1 + draw(&random, size - 1);
        damage->to = size;
    } else if (kind == 1) {
        damage->from = draw(&random, size / SECTOR) * SECTOR;
        damage->to = damage->from + SECTOR;
    } else {
        damage->from = draw(&random, size);
        damage->to = damage->from + 1;
        damage->bit = (int)draw(&random, 8);
    }
    snprintf(damage->text, sizeof damage->text, "%s of %zu bytes, %s %zu to %zu, pages %zu and %zu",
             in_log ? "the log" : "the file", size,
             damage->cut > 0    ? "cut at"
             : damage->bit >= 0 ? "a bit in"
             : damage->to > 0   ? "zeros at"
                                : "swapped",
             damage->from, damage->to, damage->swapped[0], damage->swapped[1]);
}

static void write_whole(const char *path, const unsigned char *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
    close(fd);
}

static void spoil(unsigned char *bytes, const struct damage *damage)
{
    unsigned char page[PAGE];
    unsigned char *pages[2] = { bytes + damage->swapped[0] * PAGE,
                                bytes + damage->swapped[1] * PAGE };

    if (damage->bit >= 0)
        bytes[damage->from] ^= (unsigned char)(1u << damage->bit);
    else if (damage->to > 0 && damage->cut == 0)
        memset(bytes + damage->from, 0, damage->to - damage->from);
    if (damage->swapped[0] == damage->swapped[1])
        return;
    memcpy(page, pages[0], PAGE);
    memcpy(pages[0], pages[1], PAGE);
    memcpy(pages[1], page, PAGE);
}

static void damage_write(const struct original *original, const struct damage *damage,
                         const char *path)
{
    char name[1024];

    for (int in_log = 0; in_log < 2; in_log++) {
        const unsigned char *bytes = in_log ? original->log : original->file;
        size_t size = in_log ? original->log_size : original->file_size;
        unsigned char *copy = malloc(size + 1);
        assert_non_null(copy);
        memcpy(copy, bytes, size);
        snprintf(name, sizeof name, "%s%s", path, in_log ? "-wal" : "");
        if (damage->in_log == (in_log == 1))
            spoil(copy, damage);
        if (damage->in_log == (in_log == 1) && damage->cut > 0)
            size = damage->cut;
        unlink(name);
        if (!in_log || size > 0)
            write_whole(name, copy, size);
        free(copy);
    }
    snprintf(name, sizeof name, "%s-shm", path);
    unlink(name);
}

static bool is_commit(const struct original *original, size_t frame)
{
    uint32_t pages;

    memcpy(&pages, original->log + LOG_HEAD + frame * FRAME + 4, sizeof pages);
    return be32toh(pages) != 0;
}

/* Up to where frames of the log must be read, though some from `first` to `last` are damaged:
 * behind them only where a commit follows that began after another one behind them. */
static size_t frames_read(const struct original *original, size_t first, size_t last)
{
    size_t frames = (original->log_size - LOG_HEAD) / FRAME, read = 0, commits = 0;

    for (size_t frame = 0; frame < frames; frame++) {
        if (!is_commit(original, frame))
            continue;
        if (frame < first)
            read = frame + 1;
        else if (frame > last + 1 && ++commits >= 2)
            read = frame + 1;
    }
    return read;
}

static bool is_spared_in_log(const struct original *original, const struct damage *damage,
                             const struct copy *copy)
{
    size_t frame = (copy->from - LOG_HEAD) / FRAME;
    size_t first, last;

    if (!damage->in_log)
        return true;
    if (damage->from <
        LOG_HEAD) { /* its own head: no frame can be held against what is before it */
        first = 0;
        last = damage->to <= LOG_HEAD ? 0 : (damage->to - LOG_HEAD) / FRAME;
    } else {
        first = (damage->from - LOG_HEAD) / FRAME;
        last = (damage->to - 1 - LOG_HEAD) / FRAME;
    }
    /* The frame behind a damaged one is held against a checksum in that one. */
    return frame < frames_read(original, first, last) && (frame < first || frame > last + 1);
}

/* The rows of which a copy is untouched, and where it can be known to have been committed. */
static void damage_spares(const struct original *original, const struct damage *damage,
                          bool must_have[ROWS + 1])
{
    for (size_t i = 0; i < original->copy_count; i++) {
        const struct copy *copy = &original->copies[i];
        bool touched =
            damage->in_log == copy->in_log && copy->from < damage->to && copy->to > damage->from;
        if (!touched && (!copy->in_log || is_spared_in_log(original, damage, copy)))
            must_have[copy->seq] = true;
    }
}

#endif

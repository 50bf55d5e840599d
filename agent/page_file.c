/* Reads pages, and judges the frames of the log as SQLite does, and behind a damage further. */
#include "agent/page_file.h"

#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE         4096
#define PAGE_SIZE_USUAL   4096 /* of a file whose head is gone; no outbox has another */
#define PAGE_SIZE_MIN     512
#define PAGE_SIZE_MAX     65536
#define HEAD_SIZE         32 /* of the log */
#define FRAME_HEAD        24
#define LOG_MAGIC         0x377f0682u /* the last bit: words are big-endian in checksums */
#define LOG_VERSION       3007000u
#define SUMMED_OF_A_FRAME 8 /* bytes of its head that its checksum covers */
#define SCANS_MAX         3 /* a log that is begun anew meanwhile is looked through again */

struct frame {
    uint32_t number;
    off_t at; /* of the page in the log */
};

struct sum {
    uint32_t a, b;
};

struct page_file {
    int fd, log_fd; /* -1: none */
    size_t size;
    int64_t count; /* of pages in the file, the last one may be cut off */
    struct frame *frames;
    int64_t frame_count, frame_room;
    bool log_is_cut;
    unsigned char *image, *newest; /* room for a page each */
};

/* Where the reading of the log is. */
struct scan {
    uint32_t salt[2];
    bool big_endian;
    struct sum before;   /* the checksum that stands in the frame before */
    bool broken;         /* a frame was damaged */
    bool group_is_whole; /* all since the last commit, and that commit, are sound */
    bool certain;        /* a commit is there that began after one behind the damage */
    int64_t kept, certain_kept;
};

static uint32_t word_at(const unsigned char *at)
{
    uint32_t word;

    memcpy(&word, at, sizeof word);
    return be32toh(word);
}

static struct sum sum_of(struct sum sum, const unsigned char *bytes, size_t length, bool big_endian)
{
    for (size_t i = 0; i + 8 <= length; i += 8) {
        uint32_t words[2];
        memcpy(words, bytes + i, sizeof words);
        sum.a += (big_endian ? be32toh(words[0]) : le32toh(words[0])) + sum.b;
        sum.b += (big_endian ? be32toh(words[1]) : le32toh(words[1])) + sum.a;
    }
    return sum;
}

static bool is_sum_at(struct sum sum, const unsigned char *at)
{
    return word_at(at) == sum.a && word_at(at + 4) == sum.b;
}

static bool is_page_size(size_t size)
{
    return size >= PAGE_SIZE_MIN && size <= PAGE_SIZE_MAX && (size & (size - 1)) == 0;
}

static size_t find_page_size(int fd)
{
    unsigned char head[18];
    size_t size = 0;

    if (pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head &&
        memcmp(head, "SQLite format 3", 16) == 0)
        size = (size_t)head[16] << 8 | head[17];
    if (size == 1)
        size = PAGE_SIZE_MAX;
    return is_page_size(size) ? size : PAGE_SIZE_USUAL;
}

static void keep_frame(struct page_file *pages, uint32_t number, off_t at)
{
    if (pages->frame_count == pages->frame_room) {
        pages->frame_room = pages->frame_room * 2 + 64;
        pages->frames = realloc(pages->frames, (size_t)pages->frame_room * sizeof *pages->frames);
        if (pages->frames == NULL)
            abort();
    }
    pages->frames[pages->frame_count++] = (struct frame){ number, at };
}

/* False: the head is damaged. Then each frame is held against the one before it only. */
static bool read_log_head(const unsigned char *head, size_t page_size, struct scan *scan)
{
    struct sum sum;

    scan->big_endian = (word_at(head) & 1) != 0;
    scan->salt[0] = word_at(head + 16);
    scan->salt[1] = word_at(head + 20);
    sum = sum_of((struct sum){ 0, 0 }, head, HEAD_SIZE - 8, scan->big_endian);
    scan->before = (struct sum){ word_at(head + 24), word_at(head + 28) };
    return (word_at(head) & ~1u) == LOG_MAGIC && word_at(head + 4) == LOG_VERSION &&
           word_at(head + 8) == page_size && is_sum_at(sum, head + 24);
}

/* The log's own words are lost: those of its second frame are as good, the first may be gone with
 * them. */
static void read_salt_of_a_frame(struct page_file *pages, struct scan *scan)
{
    unsigned char head[FRAME_HEAD];
    off_t at = HEAD_SIZE + FRAME_HEAD + (off_t)pages->size;

    scan->broken = true;
    scan->big_endian = __BYTE_ORDER == __BIG_ENDIAN;
    if (pread(pages->log_fd, head, sizeof head, at) == (ssize_t)sizeof head) {
        scan->salt[0] = word_at(head + 8);
        scan->salt[1] = word_at(head + 12);
    }
}

/* A commit is synced before the next one begins. So a power cut can leave one torn commit behind
 * the end, never two that follow one another: where those are, the damage came later. */
static void take_commit(struct page_file *pages, struct scan *scan)
{
    if (!scan->broken) {
        scan->kept = pages->frame_count;
    } else {
        scan->certain = scan->certain || scan->group_is_whole;
        if (scan->certain)
            scan->certain_kept = pages->frame_count;
        scan->group_is_whole = true;
    }
}

static void take_frame(struct page_file *pages, struct scan *scan, const unsigned char *head,
                       off_t page_at)
{
    struct sum sum = sum_of(scan->before, head, SUMMED_OF_A_FRAME, scan->big_endian);
    uint32_t number = word_at(head);

    sum = sum_of(sum, pages->image, pages->size, scan->big_endian);
    scan->before = (struct sum){ word_at(head + 16), word_at(head + 20) };
    if (number == 0 || word_at(head + 8) != scan->salt[0] || word_at(head + 12) != scan->salt[1] ||
        !is_sum_at(sum, head + 16)) {
        scan->broken = true;
        scan->group_is_whole = false;
        return;
    }
    keep_frame(pages, number, page_at);
    if (word_at(head + 4) != 0)
        take_commit(pages, scan);
}

static void scan_log(struct page_file *pages, const unsigned char *log_head)
{
    struct scan scan = { .kept = 0 };
    unsigned char head[FRAME_HEAD];
    struct stat log;
    off_t at = HEAD_SIZE;

    pages->frame_count = 0;
    if (!read_log_head(log_head, pages->size, &scan))
        read_salt_of_a_frame(pages, &scan);
    if (fstat(pages->log_fd, &log) != 0)
        return;
    for (; at + FRAME_HEAD + (off_t)pages->size <= log.st_size;
         at += FRAME_HEAD + (off_t)pages->size) {
        memset(head, 0, sizeof head);
        if (pread(pages->log_fd, head, sizeof head, at) != (ssize_t)sizeof head ||
            pread(pages->log_fd, pages->image, pages->size, at + FRAME_HEAD) !=
                (ssize_t)pages->size)
            memset(head, 0, sizeof head);
        take_frame(pages, &scan, head, at + FRAME_HEAD);
    }
    pages->log_is_cut = scan.certain;
    pages->frame_count = scan.certain ? scan.certain_kept : scan.kept;
}

static void read_log(struct page_file *pages)
{
    unsigned char before[HEAD_SIZE], after[HEAD_SIZE];

    for (int i = 0; i < SCANS_MAX; i++) {
        if (pread(pages->log_fd, before, HEAD_SIZE, 0) != HEAD_SIZE)
            return;
        scan_log(pages, before);
        if (pread(pages->log_fd, after, HEAD_SIZE, 0) == HEAD_SIZE &&
            memcmp(before, after, HEAD_SIZE) == 0)
            return;
    }
}

struct page_file *page_file_open(const char *path)
{
    char log_path[PATH_SIZE];
    struct stat file;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &file) != 0) {
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    struct page_file *pages = calloc(1, sizeof *pages);
    if (pages == NULL)
        abort();
    pages->fd = fd;
    pages->size = find_page_size(fd);
    pages->count = (file.st_size + (off_t)pages->size - 1) / (off_t)pages->size;
    pages->image = malloc(pages->size);
    pages->newest = malloc(pages->size);
    if (pages->image == NULL || pages->newest == NULL)
        abort();
    snprintf(log_path, sizeof log_path, "%s-wal", path);
    pages->log_fd = open(log_path, O_RDONLY | O_CLOEXEC);
    if (pages->log_fd >= 0)
        read_log(pages);
    return pages;
}

void page_file_close(struct page_file *pages)
{
    if (pages == NULL)
        return;
    close(pages->fd);
    if (pages->log_fd >= 0)
        close(pages->log_fd);
    free(pages->frames);
    free(pages->image);
    free(pages->newest);
    free(pages);
}

size_t page_file_size(const struct page_file *pages)
{
    return pages->size;
}

bool page_file_log_is_cut(const struct page_file *pages)
{
    return pages->log_is_cut;
}

int64_t page_file_images(const struct page_file *pages)
{
    return pages->count + pages->frame_count;
}

static const unsigned char *read_image(struct page_file *pages, int64_t index, unsigned char *room)
{
    bool in_file = index < pages->count;
    off_t at = in_file ? index * (off_t)pages->size : pages->frames[index - pages->count].at;
    ssize_t length = pread(in_file ? pages->fd : pages->log_fd, room, pages->size, at);

    if (length <= 0)
        return NULL;
    memset(room + length, 0, pages->size - (size_t)length);
    return room;
}

const unsigned char *page_file_image(struct page_file *pages, int64_t index)
{
    return read_image(pages, index, pages->image);
}

const unsigned char *page_file_newest(struct page_file *pages, uint32_t number)
{
    int64_t frame = pages->frame_count;

    while (frame > 0 && pages->frames[frame - 1].number != number)
        frame--;
    if (frame > 0)
        return read_image(pages, pages->count + frame - 1, pages->newest);
    return number >= 1 && number <= pages->count
               ? read_image(pages, (int64_t)number - 1, pages->newest)
               : NULL;
}

/* All the events that an outbox's file still gives back, damaged or not, in their order.
 *
 * SQLite ends a query at the first page that it cannot use. This goes on behind it, one number at a
 * time, so that a hole costs the rows of its pages and no others. A row whose bytes are no event
 * with the row's number is not given out either. Beside a running agent it reads one state of the
 * file. Reads only; may take a minute for a file that is large and broken at its beginning. */
#ifndef CARRITO_AGENT_SALVAGE_H
#define CARRITO_AGENT_SALVAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct salvage_calls {
    /* An event as it was written, without a line end. False ends the reading. */
    bool (*row)(void *owner, const char *bytes, size_t length);
    /* These numbers, both included, are or were in the file and are not to be had. */
    void (*hole)(void *owner, int64_t first_seq, int64_t last_seq);
};

struct salvage_report {
    int64_t rows, first_seq, last_seq; /* what was given out; 0: none */
    int64_t missing;                   /* numbers in holes */
    bool damaged; /* a part could not be read: before the first row some may be missing, too */
};

/* False where the file cannot be opened as an outbox at all; logged. */
bool salvage_events(const char *path, const struct salvage_calls *calls, void *owner,
                    struct salvage_report *report);

#endif

/* Does a day's count agree, cart by cart, and what is to be done where it does not: what a person
 * asks at the end of the day.
 *
 * The carts of a day are those of members who were accepted before it was over, and those that
 * sold. Whether the sums are right, `complete` alone says (daily_row.h); the rest is why it is not
 * known yet, from what was heard of the cart. */
#ifndef CARRITO_COLLECTOR_CLOSING_H
#define CARRITO_COLLECTOR_CLOSING_H

#include "collector/base/lang.h"
#include "collector/store/store.h"
#include "common/buffer.h"
#include "common/protocol.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum closing_todo {
    CLOSING_AGREES,   /* nothing */
    CLOSING_NOTHING,  /* nothing: it was there and sold nothing */
    CLOSING_GAPS,     /* receipts are missing */
    CLOSING_DIFFERS,  /* the cart counts something else */
    CLOSING_WAITING,  /* it has not sent all of it */
    CLOSING_OPEN,     /* the vendor has not closed the day */
    CLOSING_NOT_SAID, /* it left without its word on the sums */
    CLOSING_SILENT,   /* no signal, since heard_ms */
    CLOSING_NEVER,    /* never heard */
    CLOSING_TODOS
};

struct closing_row {
    char cart[CART_LENGTH_MAX + 1];
    int32_t day;
    int64_t quantity, amount, sales; /* as in the daily sales */
    int64_t closed_ms;               /* when the vendor closed the day; EVENT_ABSENT: not */
    int64_t waiting, heard_ms;       /* EVENT_ABSENT: not known */
    char state[16];                  /* as GET /carts says it now; "" never heard */
    const char *complete;            /* "true", "false", "null" */
    int64_t missing;                 /* receipts */
    enum closing_todo todo;
};

/* Why, of a row that is filled but for its `todo`. Pure. */
enum closing_todo closing_judge(const struct closing_row *row);
/* Nothing is to be done. */
bool closing_is_good(const struct closing_row *row);
/* "agrees", "receipts-missing", …: for programs. */
const char *closing_todo_name(enum closing_todo todo);
/* Appends the same for people, with what to do. */
void closing_todo_text(const struct closing_row *row, enum lang lang, struct buffer *out);

/* Where the reading of a day's carts stands; zero but `day` it is at the beginning. */
struct closing_page {
    int32_t day;
    char after[CART_LENGTH_MAX + 1];
};
/* Up to `max` rows behind `page->after`, by cart, and moves it on; 0 at the end. In the caller's
 * transaction. */
size_t closing_read(struct store *store, struct closing_page *page, struct closing_row *rows,
                    size_t max);

/* All carts of a day. */
struct closing_sum {
    int64_t carts, agree;
    struct buffer text; /* one sentence; the caller frees */
};
void closing_sum(struct store *store, int32_t day, enum lang lang, struct closing_sum *sum);

#endif

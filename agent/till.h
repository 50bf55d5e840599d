/* The vendor's till: keys and time in, requests and a screen (till_screen.h) out. Pure.
 *
 * All of it by the keys of a numeric keypad. A line is typed and ends with Enter:
 *   3     sells 3                       *     the day so far
 *   -     takes the last receipt back   -120  takes receipt 120 back
 *   +60   60 are on the cart now        /     the orders
 *   /2    order 2 of them goes on       /2-   order 2 cannot be done
 *   3.    nothing: what ends with a dot is thrown away   **   closes the day, once Enter says so
 * again
 *
 * What is not a whole line of this does nothing. A key that bounces (the same one within
 * TILL_BOUNCE_MS) counts once; one that is held (again and again within TILL_HELD_MS) spoils the
 * line. More than `ask` pieces, or more than there are, want a second Enter, and none after it for
 * TILL_QUIET_MS: a held Enter confirms nothing. */
#ifndef CARRITO_AGENT_TILL_H
#define CARRITO_AGENT_TILL_H

#include "agent/net_cause.h"
#include "agent/words.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TILL_LINE_MAX   10
#define TILL_BOUNCE_MS  40
#define TILL_HELD_MS    110 /* consoles repeat each 92 ms or faster */
#define TILL_QUIET_MS   150
#define TILL_NUMBER_MAX 9 /* digits */
#define TILL_ORDERS_MAX 4 /* the rows of the smallest screen */
#define TILL_TEXT_SIZE  256
#define TILL_ID_SIZE    257

enum till_act {
    TILL_SELL,    /* number: pieces */
    TILL_VOID,    /* number: receipt */
    TILL_RESTOCK, /* number: what is on the cart */
    TILL_TODAY,
    TILL_CLOSE,
    TILL_ORDERS,
    TILL_STEP /* order, status */
};

struct till_request {
    enum till_act act;
    int64_t number;
    char order[TILL_ID_SIZE];
    const char *status;
};

struct till_order {
    char id[TILL_ID_SIZE], status[TILL_ID_SIZE];
};

enum till_day { TILL_DAY_OPEN, TILL_DAY_CLOSING, TILL_DAY_CLOSED };

struct till {
    enum lang lang;
    int64_t ask;
    /* What is typed. */
    char line[TILL_LINE_MAX + 1];
    size_t length;
    const struct sentence *spoiled; /* why nothing will come of it; NULL: it may */
    char key;                       /* the last one */
    int64_t key_ms;
    int repeats; /* of it, each within TILL_HELD_MS */
    /* What waits for a second Enter, and for quiet after it. */
    bool asking, confirmed;
    struct till_request request;
    bool busy; /* a request is under way */
    /* What is shown. */
    char text[TILL_TEXT_SIZE];
    const struct sentence *said;  /* that the text is of; NULL: the agent's, of another release */
    const struct sentence *brief; /* the same in two rows of 20; NULL: there is only the text */
    bool answered;                /* the text is the agent's answer to `request` */
    bool wrong;                   /* the text says that something was not done */
    bool bell;                    /* to ring once; whoever rings puts it back */
    int64_t receipt;              /* the last one made here or heard of; 0: none */
    int64_t quantity, seq;        /* of it; 0: not made here */
    bool voided;
    int64_t stock, acked, waiting; /* stock: negative, never counted */
    int64_t former;                /* events of another plate that nothing sends */
    bool heard;                    /* the agent has answered for its state */
    enum net_cause network;
    enum till_day day;
    struct till_order orders[TILL_ORDERS_MAX];
    size_t order_count;
    bool shows_orders;
};

void till_init(struct till *till, enum lang lang, int64_t ask);
/* One key: a digit, . + - * / or '\n' for Enter, '\b' takes the last one back; others are nothing.
 * True where `request` is to be sent now; until till_answer no other one is given. */
bool till_key(struct till *till, char key, int64_t mono_ms, struct till_request *request);
/* The key has been down for too long: what is typed is spoiled, and nothing is confirmed by it. For
 * a keypad that tells it; otherwise till_key finds it out by the repetitions. */
void till_held(struct till *till, char key);
/* Keys may have been lost: the line is spoiled, as half of one is no order. */
void till_lost(struct till *till);
/* A whole line of a pipe, without its end; a pipe's keys do not bounce. `length` may be any. */
bool till_line(struct till *till, const char *bytes, size_t length, struct till_request *request);
/* As time goes by. */
bool till_tick(struct till *till, int64_t mono_ms, struct till_request *request);
/* The agent's answer to `request`; NULL: there was none. */
void till_answer(struct till *till, const struct till_request *request, const cJSON *answer);
/* It was not asked at all: there was no agent. */
void till_unreached(struct till *till);
/* Its answer to `status`; NULL: there was none. */
void till_status(struct till *till, const cJSON *answer);
/* Is what lies between this cart and the centre whole? screen_online, or what is not, or how the
 * day's end is. It takes no arguments. */
const struct sentence *till_link_word(const struct till *till);

#endif

/* The vendor's till: keys and time in, requests and a screen (till_screen.h) out. Pure.
 *
 * All of it by the keys of a numeric keypad. A line is typed and ends with Enter:
 *   3     sells 3                       *     the day so far
 *   -     takes the last receipt back   -120  takes receipt 120 back
 *   +60   60 are on the cart now        **    closes the day, once Enter says so again
 *   /     takes the offer that rings    /-    refuses it
 *   /     without one: the orders       //    no more offers, and offers again
 *   /2    order 2 goes on               /2-   order 2 is given back, once Enter says so again
 *   3.    nothing: what ends with a dot is thrown away
 *
 * An offer never takes a key that is none of these: it is answered only by a line that was begun
 * while it rang already.
 *
 * What is not a whole line of this does nothing. A key that bounces (the same one within
 * TILL_BOUNCE_MS) counts once; one that is held (again and again within TILL_HELD_MS) spoils the
 * line. More than `ask` pieces, or more than there are, want a second Enter, and none after it for
 * TILL_QUIET_MS: a held Enter confirms nothing. */
#ifndef CARRITO_AGENT_TILL_H
#define CARRITO_AGENT_TILL_H

#include "agent/listening.h"
#include "agent/net_cause.h"
#include "agent/offer.h"
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
#define TILL_ORDERS_MAX ORDERS_OPEN_MAX
#define TILL_TEXT_SIZE  256
#define TILL_ID_SIZE    257

enum till_act {
    TILL_SELL,    /* number: pieces */
    TILL_VOID,    /* number: receipt */
    TILL_RESTOCK, /* number: what is on the cart */
    TILL_TODAY,
    TILL_CLOSE,
    TILL_ORDERS,
    TILL_STEP,  /* order, status; number: the vendor's for it */
    TILL_LISTEN /* status: "pause" or "resume" */
};

struct till_request {
    enum till_act act;
    int64_t number;
    char order[TILL_ID_SIZE];
    const char *status;
};

struct till_order {
    char id[TILL_ID_SIZE], status[TILL_ID_SIZE];
    char product[OFFER_PRODUCT_MAX * 4 + 1], place[OFFER_PLACE_MAX * 4 + 1];
    int64_t number, turn, quantity;
    int64_t amount;                  /* pesos for all of it */
    int64_t distance_m, bearing_deg; /* negative: not known */
    int64_t end_ms;                  /* of an offer, by the till's clock */
    bool pickup;                     /* the buyer comes to the cart */
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
    /* Orders (till_orders.h). */
    struct till_order orders[TILL_ORDERS_MAX];
    size_t order_count;
    bool shows_orders;
    bool shows_orders_again;  /* they were shown when they were asked for */
    size_t order_page;        /* of those that are shown: 0 all of them, then one each */
    char aimed[TILL_ID_SIZE]; /* the offer that rang when the line was begun; "": none did */
    bool calls;               /* to ring for an offer, or for one that was taken away; as `bell` */
    char rung[TILL_ID_SIZE];
    int64_t rung_turn, ring_ms;
    int rings;
    bool has_news;               /* one was taken away, and nobody has heard it yet */
    const struct sentence *news; /* of its number */
    int64_t news_number, news_ms;
    char told[TILL_ID_SIZE]; /* the last one of which that was told, for the agent */
    int64_t told_turn;
    bool is_mute;             /* nobody would hear an offer: it has neither bell nor voice */
    enum listening listening; /* LISTENING_STATES: the agent does not say */
    int64_t now_ms;           /* monotonic, of the last key or tick */
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
/* Shows a word of the till's own. */
void till_tell(struct till *till, struct saying saying);
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

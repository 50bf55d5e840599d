/* What the files of the requests share. For request*.c only. */
#ifndef CARRITO_AGENT_REQUEST_PARTS_H
#define CARRITO_AGENT_REQUEST_PARTS_H

#include "agent/requests.h"
#include "agent/words.h"

struct request {
    struct requests *of;
    const cJSON *object;
    const char *id; /* NULL: none */
    struct json_writer *answer;
    size_t start;       /* of the answer, in its buffer */
    struct buffer kept; /* the whole answer, for the act's transaction */
    size_t (*make)(void *owner, struct event_maker *maker, struct event *events);
    void *owner; /* of `make` */
};

/* What was typed is wrong: exit 2. */
void request_refuse(struct request *request, struct saying saying);
void request_accept(const struct request *request, struct saying saying);
/* It was typed rightly, and is not done: exit 1. */
void request_fail(struct request *request, struct saying saying);
/* By what the outbox says of something that was not done. */
void request_fail_by(struct request *request, enum outbox_result result);

/* Does what `make` makes of the request, which also writes the answer; where the disk refuses, that
 * is the answer. */
void request_act(struct request *request,
                 size_t (*make)(void *owner, struct event_maker *maker, struct event *events),
                 void *owner);

bool request_has(const struct request *request, const char *key);
/* Reads an optional text; false where it is there and wrong. */
bool request_text(const struct request *request, const char *key, size_t max, const char **text);

/* What a sale is answered with, beside what is said. */
void request_write_sale(const struct request *request, const struct event *sale);

/* request_orders.c: the orders of this cart, one step of one, who listens for offers. */
void request_order(struct request *request);
void request_orders(struct request *request);
void request_listen(struct request *request);
/* What the question of an open till says beside it. */
void request_take_till(struct request *request);
/* Members `orders` and `untold`: those that wait for the vendor, and what he is to be told. */
void request_orders_write_open(const struct requests *requests, struct json_writer *json);
/* May the order be done now, by a sale that names it? It is answered where it may not. */
bool request_order_may_be_done(struct request *request, const char *id);
/* The event of a step. */
void request_make_step(struct event_maker *maker, const struct moment *moment, const char *order,
                       const char *status, struct event *event);

#endif

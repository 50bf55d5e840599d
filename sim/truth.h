/* What the centre must show for one simulated cart: its sums per day, and their clients. Pure.
 *
 * It is kept beside the events, not made from them, so that it can tell when they went wrong. A
 * sale without a client counts as a client of its own; a void takes its sale out of the sale's
 * day, and the client where it was the client's only one (contract, section 5). */
#ifndef CARRITO_SIM_TRUTH_H
#define CARRITO_SIM_TRUTH_H

#include "common/json_write.h"

#include <stddef.h>
#include <stdint.h>

#define SIM_CLIENTS   48 /* regulars of a cart */
#define SIM_NO_CLIENT (-1)

struct truth_sale {
    int32_t day;
    int client; /* 0 to SIM_CLIENTS - 1, or SIM_NO_CLIENT */
    int64_t quantity;
    int64_t amount; /* 0 where the sale has none */
};

struct truth_day;

struct truth {
    struct truth_day *days; /* ascending */
    size_t count;
};

void truth_add(struct truth *truth, const struct truth_sale *sale);
void truth_take_out(struct truth *truth, const struct truth_sale *sale);
/* One object per day into the array that `json` is in. */
void truth_write_rows(const struct truth *truth, const char *cart, struct json_writer *json);
void truth_free(struct truth *truth);

#endif

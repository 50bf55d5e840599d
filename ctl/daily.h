/* Which days `carritoctl daily` asks for, and how it says so. Pure. */
#ifndef CARRITO_CTL_DAILY_H
#define CARRITO_CTL_DAILY_H

#include "common/day.h"
#include "ctl/options.h"

/* The days of a question; "" is an open end. `from` and `to` are equal for one day. Each may be a
 * month ("2026-09") or a year ("2026"), which the API understands. */
struct daily_days {
    char from[DAY_TEXT_SIZE], to[DAY_TEXT_SIZE];
};

/* Today where nothing is said, because that is what a person on a working day looks for; all days
 * with --all, and with --group day, month or cart-month and with --revised-after, which are
 * questions over days. False: options that
 * exclude each other were given. */
bool daily_choose(const struct options *options, int64_t now_ms, struct daily_days *days);
/* Appends the parameters of the API: `day`, or `from` and `to`. */
void daily_add(const struct daily_days *days, struct buffer *path);
/* Appends the sentence above the table. */
void daily_title(enum lang language, const struct daily_days *days, const char *zone,
                 struct buffer *out);

#endif

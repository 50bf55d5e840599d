/* All tables of routes. */
#include "collector/api/routes.h"

/* The files of endpoints, by their names (api_NAME.c). Of two patterns that a path matches, the one
 * that is listed first counts. */
#define TABLES(X)                                                                                  \
    X(session)                                                                                     \
    X(users)                                                                                       \
    X(tokens)                                                                                      \
    X(members)                                                                                     \
    X(sales)                                                                                       \
    X(daily)                                                                                       \
    X(hours)                                                                                       \
    X(closing)                                                                                     \
    X(carts)                                                                                       \
    X(owntracks)                                                                                   \
    X(track)                                                                                       \
    X(reports)                                                                                     \
    X(desk)                                                                                        \
    X(actions)                                                                                     \
    X(stock)                                                                                       \
    X(stream)                                                                                      \
    X(consumers)                                                                                   \
    X(records)                                                                                     \
    X(alerts)                                                                                      \
    X(mails)                                                                                       \
    X(orders)                                                                                      \
    X(orders_list)                                                                                 \
    X(dead_letters)                                                                                \
    X(set_aside)                                                                                   \
    X(imports)                                                                                     \
    X(simulations)                                                                                 \
    X(files)                                                                                       \
    X(trace)                                                                                       \
    X(recorder)                                                                                    \
    X(health)

#define DECLARE(name) extern const struct route_table name##_routes;
#define ADDRESS(name) &name##_routes,

TABLES(DECLARE)

static const struct route_table *const tables[] = { TABLES(ADDRESS) };
#define TABLE_COUNT (sizeof tables / sizeof *tables)

const struct route_set api_routes = { tables, TABLE_COUNT };

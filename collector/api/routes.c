/* All tables of routes: each file of CMakeLists.txt that has one. No path matches patterns of two.
 */
#include "collector/api/routes.h"

#include "api_tables.h"

#define DECLARE(name) extern const struct route_table name##_routes;
#define ADDRESS(name) &name##_routes,

API_TABLES(DECLARE)

static const struct route_table *const tables[] = { API_TABLES(ADDRESS) };
#define TABLE_COUNT (sizeof tables / sizeof *tables)

const struct route_set api_routes = { tables, TABLE_COUNT };

/* The endpoints of the API: every file's table of routes. */
#ifndef CARRITO_COLLECTOR_ROUTES_H
#define CARRITO_COLLECTOR_ROUTES_H

#include "collector/call/route.h"

extern const struct route_set api_routes;

#endif

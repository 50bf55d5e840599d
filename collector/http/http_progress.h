/* How far the kernel has sent what a connection was given: what libmicrohttpd does not tell. */
#ifndef CARRITO_COLLECTOR_HTTP_PROGRESS_H
#define CARRITO_COLLECTOR_HTTP_PROGRESS_H

#include "collector/http/http_guard.h"

/* False where `fd` is no TCP connection, or the kernel is too old to say (Linux 4.1). */
bool http_progress(int fd, struct guard_progress *progress);

#endif

/* What a program tells the service manager that started it: sd_notify(3), one datagram each to the
 * socket that $NOTIFY_SOCKET names, a path or (with a leading @) an abstract one.
 *
 * Where none is named, every call does nothing. No call blocks: what the manager's queue does not
 * take is dropped, and the next one comes soon. One thread uses it. */
#ifndef CARRITO_SERVICE_MANAGER_H
#define CARRITO_SERVICE_MANAGER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct service_manager {
    int fd; /* -1: nobody to tell */
    struct sockaddr_un address;
    socklen_t address_length;
    int64_t watchdog_ms; /* a silence so long is the end of us; 0: nobody watches */
    int64_t due_ms;      /* monotonic: when to say again that we turn */
};

/* Reads the environment ($NOTIFY_SOCKET, $WATCHDOG_USEC, $WATCHDOG_PID) and takes it out of there,
 * so that no child speaks in our name. */
void service_manager_open(struct service_manager *manager);
void service_manager_close(struct service_manager *manager);

/* The configuration is read and the loop runs. No peer need be there. */
void service_manager_ready(struct service_manager *manager);
/* The end has begun. */
void service_manager_stopping(struct service_manager *manager);
/* One line for people (`systemctl status`); cut at 200 bytes. */
void service_manager_status(struct service_manager *manager, const char *status);

/* Whether it is time to say that we turn, three times in the interval of the watchdog; where nobody
 * watches, every 10 s, for the status. */
bool service_manager_is_due(const struct service_manager *manager, int64_t mono_ms);
/* Says so, with how we are. To be called by the loop that does the work, and by nobody else. */
void service_manager_turned(struct service_manager *manager, int64_t mono_ms, const char *status);
/* How long the loop may wait, in ms; -1: for ever. */
int service_manager_timeout_ms(const struct service_manager *manager, int64_t mono_ms);

#endif

/* Datagrams to the service manager, without its library: a board has no use for the rest of it. */
#include "common/service_manager.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATUS_BYTES_MAX 200
#define STATUS_MS        10000 /* between two words on how we are, where nobody watches */
#define FEEDS            3     /* in the interval of the watchdog */

/* $WATCHDOG_PID, where it is set, says whom the watchdog is meant for. */
static int64_t read_watchdog_ms(void)
{
    const char *interval_us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

    if (interval_us == NULL || (pid != NULL && strtoll(pid, NULL, 10) != getpid()))
        return 0;
    int64_t interval_ms = strtoll(interval_us, NULL, 10) / 1000;
    return interval_ms > 0 ? interval_ms : 0;
}

/* False where it is no address of a socket. */
static bool read_address(struct service_manager *manager, const char *path)
{
    size_t length = path != NULL ? strlen(path) : 0;

    if (length < 2 || length >= sizeof manager->address.sun_path ||
        (path[0] != '/' && path[0] != '@'))
        return false;
    manager->address.sun_family = AF_UNIX;
    memcpy(manager->address.sun_path, path, length);
    if (path[0] == '@')
        manager->address.sun_path[0] = '\0';
    /* An abstract name is as long as it is said to be; a path ends with its NUL. */
    manager->address_length =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (path[0] == '/' ? 1 : 0));
    return true;
}

void service_manager_open(struct service_manager *manager)
{
    *manager = (struct service_manager){ .fd = -1 };
    if (read_address(manager, getenv("NOTIFY_SOCKET"))) {
        manager->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        manager->watchdog_ms = read_watchdog_ms();
    }
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

void service_manager_close(struct service_manager *manager)
{
    if (manager->fd >= 0)
        close(manager->fd);
    manager->fd = -1;
}

static void say(const struct service_manager *manager, const char *text)
{
    if (manager->fd < 0)
        return;
    ssize_t sent = sendto(manager->fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL,
                          (const struct sockaddr *)&manager->address, manager->address_length);
    (void)sent;
}

/* `word` is a line of its own before the status, or empty. */
static void say_status(const struct service_manager *manager, const char *word, const char *status)
{
    char text[STATUS_BYTES_MAX + 64];
    size_t head = (size_t)snprintf(text, sizeof text, "%sSTATUS=", word);

    snprintf(text + head, STATUS_BYTES_MAX + 1, "%s", status);
    for (char *at = text + head; *at != '\0'; at++)
        if (*at == '\n')
            *at = ' ';
    say(manager, text);
}

void service_manager_ready(struct service_manager *manager)
{
    say(manager, "READY=1");
}

void service_manager_stopping(struct service_manager *manager)
{
    say(manager, "STOPPING=1");
}

void service_manager_status(struct service_manager *manager, const char *status)
{
    say_status(manager, "", status);
}

bool service_manager_is_due(const struct service_manager *manager, int64_t mono_ms)
{
    return manager->fd >= 0 && mono_ms >= manager->due_ms;
}

void service_manager_turned(struct service_manager *manager, int64_t mono_ms, const char *status)
{
    say_status(manager, manager->watchdog_ms > 0 ? "WATCHDOG=1\n" : "", status);
    manager->due_ms =
        mono_ms + (manager->watchdog_ms > 0 ? manager->watchdog_ms / FEEDS : STATUS_MS);
}

int service_manager_timeout_ms(const struct service_manager *manager, int64_t mono_ms)
{
    if (manager->fd < 0)
        return -1;
    return manager->due_ms > mono_ms ? (int)(manager->due_ms - mono_ms) : 0;
}

/* A socket that has one answer. */
#include "agent/refusal.h"
#include "agent/source_socket.h"

#include "common/clock.h"
#include "common/json_write.h"

#include <poll.h>

#define WAIT_MS_MAX 5000

struct said {
    struct saying saying;
    enum lang lang;
};

static void refuse(void *owner, const char *bytes, size_t length, struct buffer *answer)
{
    const struct said *said = owner;
    struct json_writer json = json_write_to(answer);

    (void)bytes, (void)length;
    json_object_begin(&json, NULL);
    words_write(&json, WORDS_FAILED, &said->saying, said->lang);
    json_object_end(&json);
    buffer_append(answer, "\n", 1);
}

static void turn(struct source_socket *socket, const struct service_manager *manager)
{
    struct pollfd fds[1 + SOCKET_CLIENTS_MAX];
    size_t count = socket != NULL ? source_socket_poll_fds(socket, fds) : 0;
    int wait_ms = service_manager_timeout_ms(manager, clock_mono_ms());

    if (wait_ms < 0 || wait_ms > WAIT_MS_MAX)
        wait_ms = WAIT_MS_MAX;
    if (poll(fds, count, wait_ms) > 0)
        source_socket_turn(socket, fds, count, clock_mono_ms());
}

void refusal_run(const struct settings *settings, const struct refusal *refusal,
                 bool (*stopped)(void), struct service_manager *manager)
{
    struct said said = { { .sentence = refusal->said }, lang_from_name(settings->lang) };
    struct source_socket *socket = source_socket_open(settings->socket, refuse, &said);

    service_manager_ready(manager);
    while (!stopped()) {
        turn(socket, manager);
        if (service_manager_is_due(manager, clock_mono_ms()))
            service_manager_turned(manager, clock_mono_ms(), refusal->status);
    }
    service_manager_stopping(manager);
    source_socket_close(socket);
}

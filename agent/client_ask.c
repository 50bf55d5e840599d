/* Connects to the agent's socket, asks, waits. */
#include "agent/client_ask.h"
#include "agent/client_mark.h"
#include "agent/words.h"

#include "common/clock.h"

#include "command_words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_BYTES_MAX 262144 /* fifty orders */
#define AGAIN_MS         200    /* between two tries, while the agent is away */

/* No call on the socket waits longer than until `end_ms`. */
static void limit(int fd, int64_t end_ms)
{
    int64_t left_ms = clock_until_ms(end_ms, clock_mono_ms());
    struct timeval wait = { .tv_sec = left_ms / 1000, .tv_usec = left_ms % 1000 * 1000 + 1 };

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

static int connect_to(const char *path, int64_t end_ms)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), why;

    if (fd < 0 || strlen(path) >= sizeof address.sun_path)
        goto failed;
    strcpy(address.sun_path, path);
    limit(fd, end_ms);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
failed:
    why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return -1;
}

static bool read_line(int fd, int64_t end_ms, struct buffer *line)
{
    char bytes[4096];
    ssize_t length;

    while (line->length < ANSWER_BYTES_MAX && (length = recv(fd, bytes, sizeof bytes, 0)) > 0) {
        buffer_append(line, bytes, (size_t)length);
        if (line->bytes[line->length - 1] == '\n')
            return true;
        limit(fd, end_ms);
    }
    return false;
}

/* One connection's try; NULL where it ends, or the time does. */
static cJSON *ask_once(int fd, const struct buffer *question, int64_t end_ms)
{
    struct buffer line = { 0 };
    cJSON *answer = NULL;

    if (send(fd, question->bytes, question->length, MSG_NOSIGNAL) == (ssize_t)question->length &&
        read_line(fd, end_ms, &line))
        answer = cJSON_ParseWithLength(line.bytes, line.length);
    buffer_free(&line);
    return answer;
}

void client_say(const struct settings *settings, const struct saying *saying)
{
    struct buffer text = { 0 };

    say_in(saying, lang_from_name(settings->lang), &text);
    fprintf(stderr, "carrito-agent: %s\n", text.bytes);
    buffer_free(&text);
}

/* Folder and socket are open to a group: an agent may well run. */
static void say_unreachable(const struct settings *settings, int why)
{
    client_say(settings, why == EACCES ? &SAY_COMMAND_NO_PERMISSION(settings->socket)
                                       : &SAY_COMMAND_NOT_RUNNING(settings->socket));
}

cJSON *client_ask(const struct settings *settings, const struct buffer *question)
{
    int64_t end_ms = clock_mono_ms() + CLIENT_WAIT_S * 1000;
    int fd = connect_to(settings->socket, end_ms);
    cJSON *answer = NULL;

    if (fd < 0) { /* nothing was asked of anybody yet */
        say_unreachable(settings, errno);
        return NULL;
    }
    for (;;) {
        if (fd >= 0) {
            answer = ask_once(fd, question, end_ms);
            close(fd);
        }
        if (answer != NULL || clock_mono_ms() >= end_ms)
            break;
        clock_pause_ms(AGAIN_MS);
        fd = connect_to(settings->socket, end_ms);
    }
    if (answer == NULL)
        client_say(settings, &SAY_COMMAND_NO_ANSWER());
    return answer;
}

int client_report(const struct settings *settings, const cJSON *answer)
{
    bool ok = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(answer, "ok"));
    bool input = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(answer, "input"));
    struct buffer text = { 0 };

    if (answer == NULL)
        return 1;
    words_read(answer, lang_from_name(settings->lang), &text);
    if (text.length > 0)
        fprintf(ok ? stdout : stderr, "%s\n", text.bytes);
    buffer_free(&text);
    return ok ? 0 : input ? 2 : 1;
}

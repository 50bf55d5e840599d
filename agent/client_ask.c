/* Connects to the agent's socket, asks, waits. */
#include "agent/client_ask.h"
#include "agent/client.h"
#include "agent/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_BYTES_MAX 262144 /* fifty orders */

static int connect_to(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct timeval wait = { .tv_sec = CLIENT_WAIT_S };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || strlen(path) >= sizeof address.sun_path)
        goto failed;
    strcpy(address.sun_path, path);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
failed:
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return -1;
}

static bool read_line(int fd, struct buffer *line)
{
    char bytes[4096];
    ssize_t length;

    while (line->length < ANSWER_BYTES_MAX && (length = recv(fd, bytes, sizeof bytes, 0)) > 0) {
        buffer_append(line, bytes, (size_t)length);
        if (line->bytes[line->length - 1] == '\n')
            return true;
    }
    return false;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
cJSON *client_ask(const struct settings *settings, const struct buffer *question)
{
    struct buffer line = { 0 };
    cJSON *answer = NULL;
    int fd = connect_to(settings->socket);

    if (fd < 0) {
        /* Folder and socket are open to a group: it may well run. */
        enum word word = errno == EACCES ? WORD_NO_PERMISSION : WORD_NOT_RUNNING;
        fprintf(stderr, words_get(settings->lang, word), settings->socket);
        fputc('\n', stderr);
        return NULL;
    }
    if (send(fd, question->bytes, question->length, MSG_NOSIGNAL) == (ssize_t)question->length &&
        read_line(fd, &line))
        answer = cJSON_ParseWithLength(line.bytes, line.length);
    if (answer == NULL)
        fprintf(stderr, "%s\n", words_get(settings->lang, WORD_NO_ANSWER));
    buffer_free(&line);
    close(fd);
    return answer;
}
#pragma GCC diagnostic pop

int client_report(const cJSON *answer)
{
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(answer, "text");
    bool ok = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(answer, "ok"));
    bool input = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(answer, "input"));

    if (answer == NULL)
        return 1;
    if (cJSON_IsString(text))
        fprintf(ok ? stdout : stderr, "%s\n", text->valuestring);
    return ok ? 0 : input ? 2 : 1;
}

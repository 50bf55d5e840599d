/* Proves that each line gets its answer, and that silent, endless and many strangers do not keep
 * the vendor out. */
#include "agent/source_socket.h"

#include "agent/requests.h"

#include "scratch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cmocka.h>

#define SOCKET "agent.sock"

struct room {
    struct scratch scratch;
    char before[4096]; /* the folder that it was started in */
    struct source_socket *source;
    int64_t mono_ms;
    int asked;
};

/* Says it back, and counts where somebody counts. */
static void echo(void *owner, const char *bytes, size_t length, struct buffer *answer)
{
    struct room *room = owner;

    if (room != NULL)
        room->asked++;
    buffer_text(answer, "you said ");
    buffer_append(answer, bytes, length);
    buffer_text(answer, "\n");
}

static int make_room(void **state)
{
    struct room *room = calloc(1, sizeof *room);

    scratch_make(&room->scratch);
    /* A socket's name has 108 bytes, so it is named from within the folder. */
    if (getcwd(room->before, sizeof room->before) == NULL || chdir(room->scratch.folder) != 0)
        abort();
    room->source = source_socket_open(SOCKET, echo, room);
    *state = room;
    return room->source == NULL;
}

static int clear_room(void **state)
{
    struct room *room = *state;

    source_socket_close(room->source);
    if (chdir(room->before) != 0)
        abort();
    scratch_remove(&room->scratch);
    free(room);
    return 0;
}

static int connect_to(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    strcpy(address.sun_path, SOCKET);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Turns until nothing more happens. */
static void turn(struct room *room)
{
    struct pollfd fds[SOCKET_CLIENTS_MAX + 1];

    for (int i = 0; i < 20; i++) {
        size_t count = source_socket_poll_fds(room->source, fds);
        assert_true(count <= SOCKET_CLIENTS_MAX + 1);
        if (poll(fds, count, 0) <= 0)
            return;
        source_socket_turn(room->source, fds, count, ++room->mono_ms);
    }
}

static void say(struct room *room, int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
    turn(room);
}

static void assert_answer(int fd, const char *expected)
{
    char answer[8192];
    ssize_t length = recv(fd, answer, sizeof answer - 1, MSG_DONTWAIT);

    assert_true(length >= 0);
    answer[length] = '\0';
    assert_string_equal(answer, expected);
}

static bool is_closed(int fd)
{
    char byte;
    ssize_t length = recv(fd, &byte, 1, MSG_DONTWAIT);

    return length == 0 || (length < 0 && errno == ECONNRESET);
}

static void each_line_has_its_answer(void **state)
{
    struct room *room = *state;
    int one = connect_to(), two = connect_to();

    say(room, one, "a");
    say(room, two, "c\nd\ne");
    say(room, one, "b\n");
    assert_answer(one, "you said ab\n");
    assert_answer(two, "you said c\nyou said d\n");
    say(room, two, "\n\n");
    assert_answer(two, "you said e\nyou said \n");
    close(one);
    close(two);
    turn(room);
}

static void a_client_that_says_no_more_still_hears(void **state)
{
    struct room *room = *state;
    int fd = connect_to();

    send(fd, "last\n", 5, 0);
    shutdown(fd, SHUT_WR);
    turn(room);
    assert_answer(fd, "you said last\n");
    assert_true(is_closed(fd));
    close(fd);
}

static void what_nobody_waits_for_any_more_is_not_done(void **state)
{
    struct room *room = *state;
    int fd = connect_to(), late = connect_to();

    turn(room); /* both are accepted */
    send(fd, "sell\nsell\n", 10, 0);
    close(fd);
    turn(room);
    assert_int_equal(room->asked, 0);
    send(late, "sell\n", 5, 0); /* an agent that stood still finds this one unaccepted */
    close(late);
    fd = connect_to();
    send(fd, "sell\n", 5, 0);
    close(fd);
    turn(room);
    assert_int_equal(room->asked, 0);
}

static void a_line_without_end_is_answered_and_cut_off(void **state)
{
    struct room *room = *state;
    char line[REQUEST_BYTES_MAX + 1], answer[REQUEST_BYTES_MAX + 32];
    int fd = connect_to();

    memset(line, 'x', sizeof line);
    send(fd, line, sizeof line, 0);
    turn(room);
    assert_int_equal(recv(fd, answer, sizeof answer, MSG_DONTWAIT),
                     strlen("you said ") + sizeof line + 1);
    assert_true(is_closed(fd));
    close(fd);
}

static void the_longest_line_is_answered(void **state)
{
    struct room *room = *state;
    char line[REQUEST_BYTES_MAX + 1], answer[REQUEST_BYTES_MAX + 32];
    int fd = connect_to();

    memset(line, 'x', sizeof line);
    line[REQUEST_BYTES_MAX] = '\n';
    send(fd, line, sizeof line, 0);
    turn(room);
    assert_int_equal(recv(fd, answer, sizeof answer, MSG_DONTWAIT),
                     REQUEST_BYTES_MAX + strlen("you said \n"));
    close(fd);
}

static void many_silent_strangers_do_not_keep_the_vendor_out(void **state)
{
    struct room *room = *state;
    int strangers[SOCKET_CLIENTS_MAX + 3], vendor;

    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        strangers[i] = connect_to();
        turn(room);
    }
    vendor = connect_to();
    say(room, vendor, "sell\n");
    assert_answer(vendor, "you said sell\n");
    assert_true(is_closed(strangers[0]));
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        close(strangers[i]);
    close(vendor);
}

static void a_socket_left_from_a_kill_is_replaced_and_a_served_one_is_not(void **state)
{
    struct room *room = *state;
    struct stat file;

    assert_null(source_socket_open(SOCKET, echo, NULL));
    assert_int_equal(stat(SOCKET, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0660);
    source_socket_close(room->source);
    assert_int_equal(stat(SOCKET, &file), -1);

    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int left = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(address.sun_path, SOCKET);
    assert_int_equal(bind(left, (struct sockaddr *)&address, sizeof address), 0);
    close(left);
    room->source = source_socket_open(SOCKET, echo, NULL);
    assert_non_null(room->source);
}

static void a_file_that_is_no_socket_is_left_alone(void **state)
{
    static const char path[] = "dear";
    struct stat file;

    (void)state;
    FILE *dear = fopen(path, "w");
    fputs("dear", dear);
    fclose(dear);
    assert_null(source_socket_open(path, echo, NULL));
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_size, 4);
}

static void a_hung_agent_is_not_waited_for(void **state)
{
    struct room *room = *state;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int hung = socket(AF_UNIX, SOCK_STREAM, 0), waiting[2];

    source_socket_close(room->source);
    room->source = NULL;
    strcpy(address.sun_path, SOCKET);
    assert_int_equal(bind(hung, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(hung, 0), 0);
    for (int i = 0; i < 2; i++) { /* the second finds the queue full */
        waiting[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(waiting[i], (struct sockaddr *)&address, sizeof address);
    }
    alarm(10); /* ends the test where it would wait for ever */
    assert_null(source_socket_open(SOCKET, echo, NULL));
    alarm(0);
    close(waiting[0]);
    close(waiting[1]);
    close(hung);
}

static void a_path_that_cannot_be_is_refused(void **state)
{
    char path[200];

    (void)state;
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_null(source_socket_open(path, echo, NULL));
    assert_null(source_socket_open("absent/agent.sock", echo, NULL));
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, make_room, clear_room, NULL                                                \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("each line has its answer", each_line_has_its_answer),
        CLAIM("a half-closed client still hears", a_client_that_says_no_more_still_hears),
        CLAIM("what nobody waits for any more is not done",
              what_nobody_waits_for_any_more_is_not_done),
        CLAIM("a line without end is answered and cut off",
              a_line_without_end_is_answered_and_cut_off),
        CLAIM("a file that is no socket is left alone", a_file_that_is_no_socket_is_left_alone),
        CLAIM("a hung agent is not waited for", a_hung_agent_is_not_waited_for),
        CLAIM("the longest line is answered", the_longest_line_is_answered),
        CLAIM("silent strangers do not keep the vendor out",
              many_silent_strangers_do_not_keep_the_vendor_out),
        CLAIM("only a socket that nobody serves is replaced",
              a_socket_left_from_a_kill_is_replaced_and_a_served_one_is_not),
        CLAIM("a path that cannot be is refused", a_path_that_cannot_be_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Keys of the terminal into the till, its requests to the agent, its screen onto the terminal. */
#include "agent/till_run.h"
#include "agent/client_ask.h"
#include "agent/till.h"
#include "agent/till_orders.h"
#include "agent/till_screen.h"
#include "agent/till_session.h"
#include "agent/words.h"

#include "common/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define INPUT_MAX 256

static volatile sig_atomic_t stop;

static void on_signal(int signal_number)
{
    (void)signal_number;
    stop = 1;
}

/* On a pipe. */

static cJSON *ask_status(const struct settings *settings)
{
    static char status[] = TILL_STATUS_QUESTION;

    return client_ask(settings, &(struct buffer){ .bytes = status, .length = strlen(status) });
}

static void print_order(const struct till *till, const struct till_order *order)
{
    char where[TILL_TEXT_SIZE];

    till_where(order, till->lang, where, sizeof where);
    printf("%lld %s %lld %s $%lld %s %s %s\n", (long long)order->number, order->status,
           (long long)order->quantity, order->product, (long long)order->amount, where,
           order->place, order->id);
}

static void ask_and_print(const struct settings *settings, struct till *till,
                          const struct till_request *request)
{
    struct buffer question = { 0 };

    till_session_write(request, &question);
    cJSON *answer = client_ask(settings, &question);
    till_answer(till, request, answer);
    if (answer != NULL && till->text[0] != '\0')
        fprintf(till->wrong ? stderr : stdout, "%s\n", till->text);
    for (size_t i = 0; till->shows_orders && i < till->order_count; i++)
        print_order(till, &till->orders[i]);
    cJSON_Delete(answer);
    buffer_free(&question);
}

/* A line's length, at most INPUT_MAX, however long it is: the till refuses such a one whole. */
static bool read_line(char line[INPUT_MAX], size_t *length)
{
    int c;

    *length = 0;
    while ((c = getchar()) != EOF && c != '\n')
        if (c != '\r' && *length < INPUT_MAX)
            line[(*length)++] = (char)c;
    return c != EOF || *length > 0;
}

static int run_on_pipe(const struct settings *settings, struct till *till)
{
    struct till_request request;
    char line[INPUT_MAX];
    size_t length;
    cJSON *status = ask_status(settings);

    till_status(till, status);
    cJSON_Delete(status);
    while (fputs("> ", stderr), read_line(line, &length)) {
        till->text[0] = '\0';
        if (till_line(till, line, length, &request))
            ask_and_print(settings, till, &request);
        else if (till->text[0] != '\0')
            fprintf(stderr, "%s\n", till->text);
        fflush(stdout);
    }
    return 0;
}

/* On a terminal. */

struct terminal {
    struct till *till;
    struct till_session session;
    struct buffer drawn, drawing;
    bool ended;
};

/* Enter is a carriage return where the terminal does not turn it into a line end. */
static char key_of(char byte)
{
    return byte == '\r' ? '\n' : byte == 0x7f ? '\b' : byte == ',' ? '.' : byte;
}

static void read_keys(struct terminal *terminal)
{
    char bytes[64];
    ssize_t length = read(STDIN_FILENO, bytes, sizeof bytes);
    int64_t mono_ms = clock_mono_ms();

    if (length == 0 || (length < 0 && errno != EINTR && errno != EAGAIN))
        terminal->ended = true;
    for (ssize_t i = 0; i < length; i++)
        till_session_key(&terminal->session, key_of(bytes[i]), mono_ms);
}

static void say(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, length);
        if (written <= 0)
            return;
        bytes += written;
        length -= (size_t)written;
    }
}

/* Only what differs from what is shown: a character display may hang on a slow line. */
static void draw(struct terminal *terminal)
{
    struct winsize size = { .ws_row = 24, .ws_col = 80 };
    struct buffer *drawing = &terminal->drawing, swapped;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row < 4 || size.ws_col < 20)
        size = (struct winsize){ .ws_row = size.ws_row < 4 ? 4 : size.ws_row, .ws_col = 20 };
    buffer_clear(drawing);
    till_draw(terminal->till, size.ws_col, size.ws_row, drawing);
    if (terminal->till->bell || terminal->till->calls)
        say("\a", 1);
    terminal->till->bell = terminal->till->calls = false;
    if (drawing->length == terminal->drawn.length &&
        memcmp(drawing->bytes, terminal->drawn.bytes, drawing->length) == 0)
        return;
    const char *row = drawing->bytes, *end;
    say("\033[H", 3);
    for (int i = 0; (end = strchr(row, '\n')) != NULL; i++, row = end + 1) {
        say(i > 0 ? "\r\n" : "", i > 0 ? 2 : 0);
        say("\033[2K", 4); /* before it: behind a full row it would take the last character */
        say(row, (size_t)(end - row));
    }
    swapped = terminal->drawn;
    terminal->drawn = *drawing;
    *drawing = swapped;
}

static void turn(struct terminal *terminal)
{
    struct pollfd fds[1 + TILL_SESSION_FDS] = { { .fd = STDIN_FILENO, .events = POLLIN } };

    till_session_poll_fds(&terminal->session, fds + 1);
    if (poll(fds, 1 + TILL_SESSION_FDS, till_session_timeout_ms(&terminal->session)) > 0 &&
        fds[0].revents != 0)
        read_keys(terminal);
    till_session_turn(&terminal->session, clock_mono_ms());
    draw(terminal);
}

static int run_on_terminal(const struct settings *settings, struct till *till)
{
    static const char open[] = "\033[?1049h\033[?25l\033[2J", close[] = "\033[?25h\033[?1049l";
    struct sigaction action = { .sa_handler = on_signal };
    struct terminal terminal = { .till = till };
    struct termios before, raw;

    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return 1;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    till_session_open(&terminal.session, till, settings->socket);
    say(open, sizeof open - 1);
    while (!stop && !terminal.ended)
        turn(&terminal);
    say(close, sizeof close - 1);
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    till_session_close(&terminal.session);
    buffer_free(&terminal.drawn);
    buffer_free(&terminal.drawing);
    return 0;
}

int till_run(const struct settings *settings)
{
    struct till till;

    till_init(&till, lang_from_name(settings->lang), settings->till_ask);
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? run_on_terminal(settings, &till)
                                                         : run_on_pipe(settings, &till);
}

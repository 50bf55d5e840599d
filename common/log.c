/* logfmt lines on standard error. The fields' format is walked here, so that each value can be
 * quoted by itself and the compiler still checks the arguments. */
#include "common/log.h"
#include "common/clock.h"
#include "common/day.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VALUE_MAX 1024 /* a longer value is cut: a line is for reading */

static const struct {
    const char *name;
    int syslog_priority; /* sd-daemon(3) */
} levels[] = {
    [LOG_LEVEL_DEBUG] = { "debug", 7 },
    [LOG_LEVEL_INFO] = { "info", 6 },
    [LOG_LEVEL_WARN] = { "warn", 4 },
    [LOG_LEVEL_ERROR] = { "error", 3 },
};

/* Set once at start, before threads. */
static enum log_level threshold = LOG_LEVEL_INFO;

struct line {
    char text[LOG_LINE_MAX];
    size_t length;
};

/* What this thread has said while it held a lock. */
static _Thread_local struct {
    int holds;
    char *text;
    size_t length, capacity;
} held;

bool log_set_level(const char *level)
{
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (strcmp(levels[i].name, level) == 0) {
            threshold = (enum log_level)i;
            return true;
        }
    return false;
}

bool log_enabled(enum log_level level)
{
    return level >= threshold;
}

static void add(struct line *line, const char *text, size_t length)
{
    size_t room = sizeof line->text - 1 - line->length; /* one byte for the line end */

    if (length > room)
        length = room;
    memcpy(line->text + line->length, text, length);
    line->length += length;
}

static void add_text(struct line *line, const char *text)
{
    add(line, text, strlen(text));
}

static bool needs_quotes(const char *value)
{
    if (value[0] == '\0')
        return true;
    for (; *value != '\0'; value++)
        if ((unsigned char)*value <= ' ' || *value == '"' || *value == '=' || *value == '\\' ||
            *value == 0x7f)
            return true;
    return false;
}

static void add_value(struct line *line, const char *value)
{
    if (!needs_quotes(value)) {
        add_text(line, value);
        return;
    }
    add(line, "\"", 1);
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\')
            add(line, "\\", 1);
        if (*value == '\n')
            add(line, "\\n", 2);
        else if ((unsigned char)*value < ' ' || *value == 0x7f)
            add(line, "?", 1);
        else
            add(line, value, 1);
    }
    add(line, "\"", 1);
}

enum width { WIDTH_INT, WIDTH_LONG, WIDTH_LONG_LONG, WIDTH_SIZE };

/* One conversion, `spec` as "%lld" with the arguments at `values`, into `out`. */
static void convert(char out[VALUE_MAX], const char *spec, va_list *values)
{
    char letter = spec[strlen(spec) - 1];
    enum width width = strstr(spec, "ll") != NULL  ? WIDTH_LONG_LONG
                       : strchr(spec, 'l') != NULL ? WIDTH_LONG
                       : strchr(spec, 'z') != NULL ? WIDTH_SIZE
                                                   : WIDTH_INT;
    const char *text;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    if (letter == 's') {
        text = va_arg(*values, const char *);
        snprintf(out, VALUE_MAX, "%s", text != NULL ? text : "-");
        /* analysis: bugprone-branch-clone: each branch takes another type. */
    } else if (letter == 'f' || letter == 'g') {
        snprintf(out, VALUE_MAX, spec, va_arg(*values, double));
    } else if (width == WIDTH_LONG_LONG) {
        snprintf(out, VALUE_MAX, spec, va_arg(*values, long long));
    } else if (width == WIDTH_LONG) {
        snprintf(out, VALUE_MAX, spec, va_arg(*values, long));
    } else if (width == WIDTH_SIZE) {
        snprintf(out, VALUE_MAX, spec, va_arg(*values, size_t));
    } else {
        snprintf(out, VALUE_MAX, spec, va_arg(*values, int));
    }
#pragma GCC diagnostic pop
}

/* Of the conversion that begins here, up to its letter. */
static size_t spec_length(const char *spec)
{
    size_t length = 1 + strspn(spec + 1, ".0123456789lz");

    return length + (spec[length] != '\0');
}

/* Values are quoted here and nowhere else: quotes that the format has round one are passed over. */
static void add_fields(struct line *line, const char *fields, va_list *values)
{
    for (;;) {
        char spec[16], value[VALUE_MAX];
        size_t key = strcspn(fields, "%");
        bool quoted = key > 0 && fields[key] == '%' && fields[key - 1] == '"';

        add(line, fields, quoted ? key - 1 : key);
        fields += key;
        size_t length = fields[0] == '%' ? spec_length(fields) : 0;
        if (length == 0 || length >= sizeof spec)
            break;
        memcpy(spec, fields, length);
        spec[length] = '\0';
        convert(value, spec, values);
        add_value(line, value);
        fields += length;
        fields += quoted && fields[0] == '"';
    }
}

static void add_head(struct line *line, enum log_level level)
{
    char now[TIME_TEXT_SIZE];

    if (getenv("JOURNAL_STREAM") != NULL) {
        char prefix[] = { '<', (char)('0' + levels[level].syslog_priority), '>' };
        add(line, prefix, sizeof prefix);
    } else {
        time_text(clock_wall_ms(), now);
        add_text(line, "ts=");
        add_text(line, now);
        add(line, " ", 1);
    }
    add_text(line, "level=");
    add_text(line, levels[level].name);
}

/* A log that cannot be written must not stop the work. */
static void write_out(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDERR_FILENO, text, length);
        if (written <= 0)
            return;
        text += written;
        length -= (size_t)written;
    }
}

/* False where it is to be written now. */
static bool keep(const struct line *line)
{
    size_t needed = held.length + line->length;

    if (held.holds == 0 || needed > LOG_HELD_MAX)
        return false;
    if (needed > held.capacity) {
        size_t capacity = needed + LOG_LINE_MAX;
        char *text = realloc(held.text, 2 * capacity);
        if (text == NULL)
            return false;
        held.text = text;
        held.capacity = 2 * capacity;
    }
    memcpy(held.text + held.length, line->text, line->length);
    held.length = needed;
    return true;
}

void log_hold(void)
{
    held.holds++;
}

void log_release(void)
{
    if (--held.holds > 0)
        return;
    write_out(held.text, held.length);
    free(held.text);
    held.text = NULL;
    held.length = held.capacity = 0;
}

void log_line(enum log_level level, const char *module, const char *msg, const char *fields, ...)
{
    struct line line = { .length = 0 };
    va_list values;

    if (!log_enabled(level))
        return;
    add_head(&line, level);
    add_text(&line, " module=");
    add_text(&line, module);
    add_text(&line, " msg=");
    add_value(&line, msg);
    if (fields != NULL && fields[0] != '\0') {
        add(&line, " ", 1);
        va_start(values, fields);
        add_fields(&line, fields, &values);
        va_end(values);
    }
    line.text[line.length++] = '\n';
    if (!keep(&line))
        write_out(line.text, line.length);
}

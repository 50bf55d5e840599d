/* The log: one line per event on standard error, logfmt (`ts= level= module= msg= …`).
 *
 * Under systemd (JOURNAL_STREAM is set) without `ts=` and with a syslog level prefix. Thread-safe:
 * a line is one write(). Lines are cut at LOG_LINE_MAX bytes. */
#ifndef CARRITO_LOG_H
#define CARRITO_LOG_H

#include <stdbool.h>

#define LOG_LINE_MAX 4096

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* `level` is debug, info, warn or error; false where it is another word. The default is info. */
bool log_set_level(const char *level);
bool log_enabled(enum log_level level);

/* `fields` is `key=%spec key2=%spec …` with single blanks between, or NULL. Known conversions:
 * %s %c %d %u %ld %lu %lld %llu %zu %f %.Nf. A value that needs it is quoted; a NULL text is `-`.
 *   log_info("uplink", "connected", "host=%s port=%d", host, port); */
void log_line(enum log_level level, const char *module, const char *msg, const char *fields, ...)
    __attribute__((format(printf, 4, 5)));

/* Lines of this thread are kept, with their times, until it says log_release(): while it holds a
 * lock that others wait for. Each hold is released once; the last one writes them. What is more
 * than LOG_HELD_MAX bytes is written at once. */
#define LOG_HELD_MAX 4194304
void log_hold(void);
void log_release(void);

#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_info(...)  log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)

#endif

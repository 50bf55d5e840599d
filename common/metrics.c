/* A list of metrics, and its text. The list is the one thing that the whole process shares: it is
 * made before threads and only read afterwards; values are atomic. */
#include "common/metrics.h"

#include <dirent.h>
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static struct metric *first;

static const char *const type_names[] = {
    [METRIC_COUNTER] = "counter",
    [METRIC_GAUGE] = "gauge",
    [METRIC_HISTOGRAM] = "histogram",
};

/* Behind the last of its family, which must stand together in the text whoever registers when. One
 * that is there already stays where it is: put in twice, it would close the list to a ring. */
void metric_register(struct metric *metric)
{
    struct metric **place = NULL, **at = &first;

    for (; *at != NULL; at = &(*at)->next) {
        if (*at == metric)
            return;
        if (strcmp((*at)->name, metric->name) == 0)
            place = &(*at)->next;
    }
    if (place == NULL)
        place = at;
    metric->next = *place;
    *place = metric;
}

void metric_add(struct metric *metric, int64_t by)
{
    atomic_fetch_add_explicit(&metric->value, by, memory_order_relaxed);
}

void metric_set(struct metric *metric, double value)
{
    atomic_store_explicit(&metric->value, llround(value * 1000), memory_order_relaxed);
}

void metric_observe(struct metric *metric, double value)
{
    size_t bucket = 0;

    while (bucket < METRIC_BUCKETS_MAX && metric->bounds[bucket] > 0 &&
           value > metric->bounds[bucket])
        bucket++;
    atomic_fetch_add_explicit(&metric->buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metric->sum_micros, llround(value * 1e6), memory_order_relaxed);
}

/* A decimal without superfluous zeros: 1500 thousandths are "1.5". */
static void write_fraction(struct buffer *out, int64_t value, int digits)
{
    char text[32];
    double scale = digits == 3 ? 1e3 : 1e6;

    int length = snprintf(text, sizeof text, "%.*f", digits, (double)value / scale);
    while (text[length - 1] == '0')
        length--;
    if (text[length - 1] == '.')
        length--;
    buffer_append(out, text, (size_t)length);
    buffer_text(out, "\n");
}

static void write_histogram(const struct metric *metric, struct buffer *out)
{
    const char *labels = metric->labels != NULL ? metric->labels : "";
    const char *comma = metric->labels != NULL ? "," : "";
    const char *open = metric->labels != NULL ? "{" : "",
               *close = metric->labels != NULL ? "}" : "";
    int64_t count = 0;
    size_t i = 0;

    for (; i < METRIC_BUCKETS_MAX && metric->bounds[i] > 0; i++) {
        count += atomic_load_explicit(&metric->buckets[i], memory_order_relaxed);
        buffer_format(out, "%s_bucket{%s%sle=\"%g\"} %lld\n", metric->name, labels, comma,
                      metric->bounds[i], (long long)count);
    }
    count += atomic_load_explicit(&metric->buckets[i], memory_order_relaxed);
    buffer_format(out, "%s_bucket{%s%sle=\"+Inf\"} %lld\n", metric->name, labels, comma,
                  (long long)count);
    buffer_format(out, "%s_sum%s%s%s ", metric->name, open, labels, close);
    write_fraction(out, atomic_load_explicit(&metric->sum_micros, memory_order_relaxed), 6);
    buffer_format(out, "%s_count%s%s%s %lld\n", metric->name, open, labels, close,
                  (long long)count);
}

static void write_value(const struct metric *metric, struct buffer *out)
{
    int64_t value = atomic_load_explicit(&metric->value, memory_order_relaxed);

    buffer_text(out, metric->name);
    if (metric->labels != NULL)
        buffer_format(out, "{%s}", metric->labels);
    if (metric->type == METRIC_COUNTER) {
        buffer_format(out, " %lld\n", (long long)value);
        return;
    }
    buffer_text(out, " ");
    write_fraction(out, value, 3);
}

static void write_head(struct buffer *out, const char *name, const char *help, const char *type)
{
    buffer_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Members of /proc/self/stat (proc(5)), counted from 1. */
enum { STAT_UTIME = 14, STAT_STIME = 15, STAT_STARTTIME = 22, STAT_VSIZE = 23, STAT_RSS = 24 };

static bool read_stat(double values[STAT_RSS + 1])
{
    char text[1024];
    FILE *file = fopen("/proc/self/stat", "r");

    if (file == NULL)
        return false;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    const char *at = strrchr(text, ')'); /* the program's name may hold blanks */
    if (at == NULL || strlen(at) < 4)
        return false;
    at += 3; /* past ") S", the third member */
    for (int i = 4; i <= STAT_RSS; i++) {
        char *end;
        values[i] = strtod(at, &end);
        at = end;
    }
    return true;
}

/* When the machine started, in seconds since 1970; 0 where it cannot be read. */
static double boot_time(void)
{
    char line[256];
    long long seconds = 0;
    FILE *file = fopen("/proc/stat", "r");

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        /* analysis: cert-err34-c: the kernel writes it. */
        if (sscanf(line, "btime %lld", &seconds) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return (double)seconds;
}

static int count_open_fds(void)
{
    DIR *directory = opendir("/proc/self/fd");
    int count = -3; /* ".", ".." and the directory itself */

    while (directory != NULL && readdir(directory) != NULL)
        count++;
    if (directory != NULL)
        closedir(directory);
    return count < 0 ? 0 : count;
}

static void write_process(struct buffer *out)
{
    double stat[STAT_RSS + 1] = { 0 };
    double ticks = (double)sysconf(_SC_CLK_TCK);
    struct rlimit files = { 0 };

    if (!read_stat(stat))
        return;
    getrlimit(RLIMIT_NOFILE, &files);
    const struct {
        const char *name, *help, *type;
        double value;
    } rows[] = {
        { "process_cpu_seconds_total", "CPU time used, user and system.", "counter",
          (stat[STAT_UTIME] + stat[STAT_STIME]) / ticks },
        { "process_open_fds", "Open file descriptors.", "gauge", count_open_fds() },
        { "process_max_fds", "File descriptors that may be open.", "gauge",
          (double)files.rlim_cur },
        { "process_virtual_memory_bytes", "Virtual memory.", "gauge", stat[STAT_VSIZE] },
        { "process_resident_memory_bytes", "Resident memory.", "gauge",
          stat[STAT_RSS] * (double)sysconf(_SC_PAGESIZE) },
        { "process_start_time_seconds", "Start of the process since 1970.", "gauge",
          boot_time() + stat[STAT_STARTTIME] / ticks },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_head(out, rows[i].name, rows[i].help, rows[i].type);
        buffer_format(out, "%s %.15g\n", rows[i].name, rows[i].value);
    }
}

void metrics_write(struct buffer *out)
{
    const char *family = "";

    for (const struct metric *metric = first; metric != NULL; metric = metric->next) {
        if (strcmp(family, metric->name) != 0)
            write_head(out, metric->name, metric->help, type_names[metric->type]);
        family = metric->name;
        if (metric->type == METRIC_HISTOGRAM)
            write_histogram(metric, out);
        else
            write_value(metric, out);
    }
    write_process(out);
}

void metrics_register_build(const char *component)
{
    static char labels[128];
    static struct metric build = {
        .name = "carrito_build_info",
        .help = "What runs here; always 1.",
        .type = METRIC_GAUGE,
        .labels = labels,
    };

    snprintf(labels, sizeof labels, "component=\"%s\",version=\"%s\"", component, CARRITO_VERSION);
    metric_set(&build, 1);
    metric_register(&build);
}

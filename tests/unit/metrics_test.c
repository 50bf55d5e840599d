/* Claims about the metrics' text: what a Prometheus server reads. */
#include "common/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const double bounds[] = { 0.001, 0.1, 1, 0 };

static struct metric ok = {
    .name = "t_total", .help = "Things.", .type = METRIC_COUNTER, .labels = "result=\"ok\""
};
static struct metric bad = {
    .name = "t_total", .help = "Things.", .type = METRIC_COUNTER, .labels = "result=\"bad\""
};
static struct metric late = {
    .name = "t_total", .help = "Things.", .type = METRIC_COUNTER, .labels = "result=\"late\""
};
static struct metric level = { .name = "t_level", .help = "A level.", .type = METRIC_GAUGE };
static struct metric seconds = {
    .name = "t_seconds", .help = "A time.", .type = METRIC_HISTOGRAM, .bounds = bounds
};

static int register_all(void **state)
{
    (void)state;
    metrics_register_build("test");
    metric_register(&ok);
    metric_register(&bad);
    metric_register(&level);
    metric_register(&seconds);
    metric_register(&late);
    metric_register(&late);
    return 0;
}

static void assert_has(const char *text)
{
    struct buffer out = { 0 };

    metrics_write(&out);
    if (strstr(out.bytes, text) == NULL)
        fail_msg("no %s in\n%s", text, out.bytes);
    buffer_free(&out);
}

static void writes_a_family_once(void **state)
{
    (void)state;
    metric_add(&ok, 2);
    metric_add(&ok, 3);
    assert_has("# HELP t_total Things.\n# TYPE t_total counter\n"
               "t_total{result=\"ok\"} 5\nt_total{result=\"bad\"} 0\n"
               "t_total{result=\"late\"} 0\n# HELP t_level");
}

static void writes_gauges(void **state)
{
    (void)state;
    metric_set(&level, 7);
    assert_has("\nt_level 7\n");
    metric_set(&level, -0.25);
    assert_has("\nt_level -0.25\n");
    metric_set(&level, 1790000000.123);
    assert_has("\nt_level 1790000000.123\n");
    metric_set(&level, 100);
    assert_has("\nt_level 100\n");
}

static void writes_histograms(void **state)
{
    (void)state;
    metric_observe(&seconds, 0.0005);
    metric_observe(&seconds, 0.1);
    metric_observe(&seconds, 0.2);
    metric_observe(&seconds, 50);
    assert_has("# TYPE t_seconds histogram\n"
               "t_seconds_bucket{le=\"0.001\"} 1\nt_seconds_bucket{le=\"0.1\"} 2\n"
               "t_seconds_bucket{le=\"1\"} 3\nt_seconds_bucket{le=\"+Inf\"} 4\n"
               "t_seconds_sum 50.3005\nt_seconds_count 4\n");
}

static void says_what_it_is(void **state)
{
    (void)state;
    assert_has("carrito_build_info{component=\"test\",version=\"" CARRITO_VERSION "\"} 1\n");
    assert_has("\nprocess_resident_memory_bytes ");
    assert_has("\nprocess_start_time_seconds 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a family's help and type stand once", writes_a_family_once, NULL, NULL, NULL },
        { "a gauge has at most three decimals and none in vain", writes_gauges, NULL, NULL, NULL },
        { "buckets are cumulative and end with +Inf", writes_histograms, NULL, NULL, NULL },
        { "build and process are there", says_what_it_is, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, register_all, NULL);
}

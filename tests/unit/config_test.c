/* Claims about configuration: the order of precedence, and that errors name what a person wrote. */
#include "common/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct values {
    char *host;
    int64_t port;
    bool loud;
};

static const struct config_key keys[] = {
    { .name = "mqtt_host",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct values, host),
      .initial = "127.0.0.1",
      .check = config_is_host_list,
      .allowed = "host[:port],…",
      .help = "broker" },
    { .name = "mqtt_port",
      .type = CONFIG_INT,
      .offset = offsetof(struct values, port),
      .initial = "1883",
      .min = 1,
      .max = 65535 },
    { .name = "loud", .type = CONFIG_SWITCH, .offset = offsetof(struct values, loud) },
};
static const char *const prefixes[] = { "kafka.", "products.", NULL };
static const struct config_spec spec = {
    .program = "test",
    .usage = "test",
    .keys = keys,
    .key_count = sizeof keys / sizeof *keys,
    .pair_prefixes = prefixes,
};

struct outcome {
    enum config_result result;
    struct values values;
    struct config_pairs pairs;
    int argc;
    char *argv[8];
    char said[1024]; /* on standard error */
};

/* Loads with `file` as the file's text (or NULL) and up to three words. */
static void load(struct outcome *outcome, const char *file, const char *a, const char *b,
                 const char *c)
{
    char path[] = "/tmp/config_testXXXXXX", said[] = "/tmp/config_saidXXXXXX", option[64];
    const char *const words[] = { a, b, c };
    int fd = mkstemp(path), said_fd = mkstemp(said), stderr_fd = dup(STDERR_FILENO);

    *outcome = (struct outcome){ .argc = 1, .argv = { (char *)"test" } };
    if (file != NULL) {
        assert_int_equal(write(fd, file, strlen(file)), strlen(file));
        snprintf(option, sizeof option, "--config=%s", path);
        outcome->argv[outcome->argc++] = option;
    }
    for (int i = 0; i < 3 && words[i] != NULL; i++)
        outcome->argv[outcome->argc++] = (char *)(uintptr_t)words[i];
    dup2(said_fd, STDERR_FILENO);
    outcome->result = config_load(&spec, &outcome->values, &outcome->pairs, &outcome->argc,
                                  outcome->argv, NULL, NULL);
    dup2(stderr_fd, STDERR_FILENO);
    ssize_t length = pread(said_fd, outcome->said, sizeof outcome->said - 1, 0);
    outcome->said[length > 0 ? length : 0] = '\0';
    close(fd), close(said_fd), close(stderr_fd);
    unlink(path), unlink(said);
}

static void unload(struct outcome *outcome)
{
    config_free(&spec, &outcome->values, &outcome->pairs);
}

static void later_sources_win(void **state)
{
    struct outcome outcome;

    (void)state;
    load(&outcome, NULL, NULL, NULL, NULL);
    assert_int_equal(outcome.values.port, 1883);
    unload(&outcome);
    load(&outcome, "mqtt_port = 1\n", NULL, NULL, NULL);
    assert_int_equal(outcome.values.port, 1);
    unload(&outcome);
    setenv("CARRITO_MQTT_PORT", "2", 1);
    load(&outcome, "mqtt_port = 1\n", NULL, NULL, NULL);
    assert_int_equal(outcome.values.port, 2);
    unload(&outcome);
    load(&outcome, "mqtt_port = 1\n", "--mqtt-port", "3", NULL);
    assert_int_equal(outcome.values.port, 3);
    unload(&outcome);
    unsetenv("CARRITO_MQTT_PORT");
}

static void errors_name_the_line(void **state)
{
    static const struct {
        const char *file, *said;
    } cases[] = {
        { "# hi\nmqtt_prot = 1\n", "line 2: unknown key \"mqtt_prot\"\n    mqtt_prot = 1\n" },
        { "mqtt_port = 0x\n",
          "line 1: mqtt_port must be a whole number from 1 to 65535, not \"0x\"\n    mqtt_port = "
          "0x\n" },
        { "\n\nloud = yes\n", "line 3: loud must be 0 or 1, not \"yes\"\n    loud = yes\n" },
        { "log = shout\n", "line 1: log must be debug, info, warn or error, not \"shout\"" },
        { "mqtt_host = a b\n", "line 1: mqtt_host must be host[:port],…, not \"a b\"" },
        { "what\n", "line 1: neither key=value, a [section] nor a comment\n    what\n" },
    };
    struct outcome outcome;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        load(&outcome, cases[i].file, NULL, NULL, NULL);
        assert_int_equal(config_exit_status(outcome.result), 78);
        if (strstr(outcome.said, cases[i].said) == NULL)
            fail_msg("said: %s", outcome.said);
        unload(&outcome);
    }
}

static void a_missing_file_is_named(void **state)
{
    struct outcome outcome;

    (void)state;
    load(&outcome, NULL, "--config", "/nowhere/x.conf", NULL);
    assert_int_equal(config_exit_status(outcome.result), 78);
    assert_non_null(strstr(outcome.said, "/nowhere/x.conf: No such file"));
    unload(&outcome);
}

static void words_stay_and_options_go(void **state)
{
    struct outcome outcome;

    (void)state;
    load(&outcome, NULL, "run", "--mqtt-port=9", "fast");
    assert_int_equal(outcome.result, CONFIG_OK);
    assert_int_equal(outcome.argc, 3);
    assert_string_equal(outcome.argv[1], "run");
    assert_string_equal(outcome.argv[2], "fast");
    unload(&outcome);
    load(&outcome, NULL, "--mqtt-prot=9", NULL, NULL);
    assert_int_equal(config_exit_status(outcome.result), 2);
    unload(&outcome);
    load(&outcome, NULL, "--mqtt-port", NULL, NULL);
    assert_int_equal(config_exit_status(outcome.result), 2);
    unload(&outcome);
}

static void pairs_are_kept(void **state)
{
    struct outcome outcome;

    (void)state;
    load(&outcome, "kafka.linger.ms = 5\n[products]\nsopaipilla = 500\n", NULL, NULL, NULL);
    assert_int_equal(outcome.result, CONFIG_OK);
    assert_int_equal(outcome.pairs.count, 2);
    assert_string_equal(outcome.pairs.pairs[0].name, "kafka.linger.ms");
    assert_string_equal(outcome.pairs.pairs[1].name, "products.sopaipilla");
    assert_string_equal(outcome.pairs.pairs[1].value, "500");
    unload(&outcome);
}

static void host_lists(void **state)
{
    (void)state;
    assert_true(config_is_host_list("a:1,b,[::1]:1883"));
    assert_false(config_is_host_list("a:1,,b"));
    assert_false(config_is_host_list("a:70000"));
    assert_false(config_is_host_list(""));
    assert_true(config_is_host_port("127.0.0.1:8080"));
    assert_false(config_is_host_port("127.0.0.1"));
    assert_false(config_is_host_port(":80"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "file over built-in, environment over file, option over all", later_sources_win, NULL,
          NULL, NULL },
        { "an error names file, line and the line itself", errors_name_the_line, NULL, NULL, NULL },
        { "a missing file is named", a_missing_file_is_named, NULL, NULL, NULL },
        { "words stay, options are taken out, unknown ones refused", words_stay_and_options_go,
          NULL, NULL, NULL },
        { "kafka. and [products] are kept as pairs", pairs_are_kept, NULL, NULL, NULL },
        { "hosts and ports are checked", host_lists, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

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
    char *token, *lang;
};

static bool has_no_blank(const char *value)
{
    return strchr(value, ' ') == NULL;
}

static const char *loud_remark(const void *values)
{
    return ((const struct values *)values)->loud ? "it is loud" : NULL;
}

static const char *(*const remarks[])(const void *values) = { loud_remark, NULL };

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
    { .name = "token",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct values, token),
      .check = has_no_blank,
      .allowed = "a word" },
    { .name = "lang",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct values, lang),
      .initial = "es",
      .check = config_is_language,
      .allowed = "es or en" },
};
static const char *const prefixes[] = { "kafka.", "products.", NULL };
static const char *refuse_sasl(const char *name, const char *value)
{
    (void)value;
    return strncmp(name, "kafka.sasl.", 11) == 0 ? "it is not taken" : NULL;
}

static const struct config_spec spec = {
    .program = "test",
    .usage = "test",
    .keys = keys,
    .key_count = sizeof keys / sizeof *keys,
    .pair_prefixes = prefixes,
    .pair_wrong = refuse_sasl,
    .remarks = remarks,
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

/* Each of these was cut, or replaced by the line behind it, and was "configuration ok". */
static void a_line_means_what_it_says(void **state)
{
    char file[1500], list[400] = "a.example";
    struct outcome outcome;

    (void)state;
    load(&outcome,
         "\xef\xbb\xbfkafka.ssl.password = abc ;def\r\n\r\n[products]\r\nCafé: chico = 900\r\n",
         NULL, NULL, NULL);
    assert_int_equal(outcome.result, CONFIG_OK);
    assert_int_equal(outcome.pairs.count, 2);
    assert_string_equal(outcome.pairs.pairs[0].value, "abc ;def");
    assert_string_equal(outcome.pairs.pairs[1].name, "products.Café: chico");
    assert_string_equal(outcome.pairs.pairs[1].value, "900");
    assert_non_null(strstr(outcome.said, "line=1"));
    assert_null(strstr(outcome.said, "abc"));
    unload(&outcome);
    load(&outcome, "mqtt_host = one\n  mqtt_port = 7\n", NULL, NULL, NULL);
    assert_string_equal(outcome.values.host, "one");
    assert_int_equal(outcome.values.port, 7);
    assert_string_equal(outcome.said, "");
    unload(&outcome);
    while (strlen(list) < 300)
        strcat(list, ",b.example");
    snprintf(file, sizeof file, "# %s, %s\nmqtt_host = %s\nmqtt_prot = 1\n", list, list, list);
    load(&outcome, file, NULL, NULL, NULL);
    assert_string_equal(outcome.values.host, list);
    assert_non_null(strstr(outcome.said, "line 3: unknown key \"mqtt_prot\""));
    unload(&outcome);
}

/* What inih took for a comment: a number cannot mean it, of all others the whole value counts. */
static void an_old_comment_is_told(void **state)
{
    static const char warning[] = "line 2: \" ;\" behind a value begins no comment";
    struct outcome outcome;

    (void)state;
    load(&outcome, "\nmqtt_port = 7 ; the port\n", NULL, NULL, NULL);
    assert_int_equal(outcome.values.port, 7);
    assert_non_null(strstr(outcome.said, "level=warn"));
    unload(&outcome);
    load(&outcome, "\nmqtt_port = 7 ; the port\n", "--check", NULL, NULL);
    assert_int_equal(outcome.result, CONFIG_DONE);
    assert_non_null(strstr(outcome.said, warning));
    unload(&outcome);
    load(&outcome, "\nmqtt_host = a ; the host\n", "--check", NULL, NULL);
    assert_int_equal(outcome.result, CONFIG_BAD);
    assert_non_null(strstr(outcome.said, "not \"a ; the host\" (a comment stands on a line of its "
                                         "own)\n    mqtt_host = a ; the host\n"));
    unload(&outcome);
}

static void secrets_are_in_no_error(void **state)
{
    static const struct {
        const char *file, *said;
    } cases[] = {
        { "token = hun ter2\n", "line 1: token must be a word\n    token=(not shown)\n" },
        { "kafka.sasl.password = hunter2\n",
          "line 1: it is not taken\n    kafka.sasl.password=(not shown)\n" },
        { "mqtt_password: hunter2\n",
          "line 1: unknown key \"mqtt_password\"\n    mqtt_password=(not shown)\n" },
        { "kafka.ssl.key.password hunter2\n", "    kafka.ssl.key.password=(not shown)\n" },
        { "token = good\n  hun ter2\n",
          "line 2: neither key=value, a [section] nor a comment\n    =(not shown)\n" },
        { "token = good\nter2\n",
          "line 2: neither key=value, a [section] nor a comment\n    =(not shown)\n" },
        { "mqtt_passwrd_file = /etc/x\n",
          "unknown key \"mqtt_passwrd_file\"\n    mqtt_passwrd_file = /etc/x\n" },
    };
    struct outcome outcome;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        load(&outcome, cases[i].file, NULL, NULL, NULL);
        assert_int_equal(config_exit_status(outcome.result), 78);
        if (strstr(outcome.said, cases[i].said) == NULL || strstr(outcome.said, "ter2") != NULL)
            fail_msg("said: %s", outcome.said);
        unload(&outcome);
    }
    setenv("CARRITO_TOKEN", "hun ter2", 1);
    load(&outcome, NULL, NULL, NULL, NULL);
    unsetenv("CARRITO_TOKEN");
    assert_int_equal(config_exit_status(outcome.result), 78);
    assert_non_null(strstr(outcome.said, "CARRITO_TOKEN=(not shown): token must be a word"));
    unload(&outcome);
}

static void a_secret_is_no_option(void **state)
{
    static const char *const forms[][2] = { { "--token=hunter2", NULL }, { "--token", "hunter2" } };
    struct outcome outcome;

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        load(&outcome, NULL, forms[i][0], forms[i][1], NULL);
        assert_int_equal(config_exit_status(outcome.result), 2);
        assert_null(strstr(outcome.said, "hunter2"));
        assert_non_null(strstr(outcome.said, "CARRITO_TOKEN, or --token-file FILE"));
        unload(&outcome);
    }
}

static void a_remark_is_a_warning_of_check(void **state)
{
    struct outcome outcome;

    (void)state;
    load(&outcome, "loud = 1\n", "--check", NULL, NULL);
    assert_int_equal(outcome.result, CONFIG_DONE);
    assert_non_null(strstr(outcome.said, "test: warning: it is loud\n"));
    unload(&outcome);
    load(&outcome, "loud = 1\n", NULL, NULL, NULL);
    assert_int_equal(outcome.result, CONFIG_OK);
    assert_string_equal(outcome.said, "");
    unload(&outcome);
    load(&outcome, "loud = 0\n", "--check", NULL, NULL);
    assert_string_equal(outcome.said, "");
    unload(&outcome);
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

/* By what was configured when it was found: a file, the environment, an option before it. */
static void what_was_typed_wrongly_is_told_in_the_persons_language(void **state)
{
    static const struct {
        const char *first, *second, *said;
    } table[] = {
        { "--mqtt-prot=9", NULL, "test: no existe la opción «--mqtt-prot=9»; vea test --help\n" },
        { "--mqtt-port", NULL, "test: después de «--mqtt-port» va un valor; vea test --help\n" },
        { "--lang=en", "--mqtt-prot=9",
          "test: unknown option \"--mqtt-prot=9\"; see test --help\n" },
        { "--lang=en", "--mqtt-port",
          "test: a value must follow \"--mqtt-port\"; see test --help\n" },
        { "--config", NULL, "test: a file's name must follow \"--config\"; see test --help\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct outcome outcome;
        load(&outcome, NULL, table[i].first, table[i].second, NULL);
        assert_int_equal(config_exit_status(outcome.result), 2);
        assert_string_equal(outcome.said, table[i].said);
        unload(&outcome);
    }
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

static void remote_hosts_and_tls(void **state)
{
    (void)state;
    assert_false(config_is_remote("127.0.0.1"));
    assert_false(config_is_remote("localhost:1883,[::1]:1883,127.8.9.1:1"));
    assert_true(config_is_remote("127.0.0.1:1883,cell1"));
    assert_true(config_is_remote("[2001:db8::1]:1883"));
    assert_true(config_is_remote("10.0.0.1"));
    assert_true(config_is_remote("127.example.org"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "file over built-in, environment over file, option over all", later_sources_win, NULL,
          NULL, NULL },
        { "an error names file, line and the line itself", errors_name_the_line, NULL, NULL, NULL },
        { "a line of the file means what it says, whole", a_line_means_what_it_says, NULL, NULL,
          NULL },
        { "what older versions took for a comment is told", an_old_comment_is_told, NULL, NULL,
          NULL },
        { "a secret is in no error", secrets_are_in_no_error, NULL, NULL, NULL },
        { "a secret is no option", a_secret_is_no_option, NULL, NULL, NULL },
        { "a remark is a warning of --check", a_remark_is_a_warning_of_check, NULL, NULL, NULL },
        { "a missing file is named", a_missing_file_is_named, NULL, NULL, NULL },
        { "what was typed wrongly is told in the person's language",
          what_was_typed_wrongly_is_told_in_the_persons_language, NULL, NULL, NULL },
        { "words stay, options are taken out, unknown ones refused", words_stay_and_options_go,
          NULL, NULL, NULL },
        { "kafka. and [products] are kept as pairs", pairs_are_kept, NULL, NULL, NULL },
        { "hosts and ports are checked", host_lists, NULL, NULL, NULL },
        { "which hosts are another machine; which files TLS wants", remote_hosts_and_tls, NULL,
          NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

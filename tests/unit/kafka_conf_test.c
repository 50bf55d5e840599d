/* Proves that a secret of Kafka's may stand in a file of its own, and that none is in the log. */
#include "common/kafka_conf.h"
#include "tests/unit/scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char *write_secret(const struct scratch *scratch, const char *text)
{
    FILE *file = fopen(scratch->path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return scratch->path;
}

/* What the log says while a configuration of this one pair is made; NULL where it is made. */
static const char *refusal(const struct scratch *scratch, const char *name, const char *value)
{
    static char said[1024];
    struct config_pair pair = { (char *)(uintptr_t)name, (char *)(uintptr_t)value };
    struct config_pairs pairs = { &pair, 1 };
    char path[sizeof scratch->folder + 8];

    snprintf(path, sizeof path, "%s/log", scratch->folder);
    int log = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600), stderr_fd = dup(STDERR_FILENO);
    dup2(log, STDERR_FILENO);
    rd_kafka_conf_t *conf = kafka_conf_new("127.0.0.1:1", &pairs, NULL);
    dup2(stderr_fd, STDERR_FILENO);
    ssize_t length = pread(log, said, sizeof said - 1, 0);
    said[length > 0 ? length : 0] = '\0';
    close(log), close(stderr_fd);
    if (conf != NULL)
        rd_kafka_conf_destroy(conf);
    return conf != NULL ? NULL : said;
}

static void a_file_gives_the_value(void **state)
{
    const char *path = write_secret(*state, "hunter2\n");
    struct config_pair pair = { (char *)(uintptr_t) "kafka.sasl.password_file",
                                (char *)(uintptr_t)path };
    struct config_pairs pairs = { &pair, 1 };
    char value[64];
    size_t size = sizeof value;

    assert_null(kafka_pair_wrong(pair.name, pair.value));
    rd_kafka_conf_t *conf = kafka_conf_new("127.0.0.1:1", &pairs, NULL);
    assert_non_null(conf);
    assert_int_equal(rd_kafka_conf_get(conf, "sasl.password", value, &size), RD_KAFKA_CONF_OK);
    assert_string_equal(value, "hunter2");
    rd_kafka_conf_destroy(conf);
}

/* What is set, from the weakest: our own lists in their order, then the file. */
static void a_later_list_is_on_top_and_the_file_on_all(void **state)
{
    struct config_pair pair = { (char *)(uintptr_t) "kafka.acks", (char *)(uintptr_t) "1" };
    struct config_pairs pairs = { &pair, 1 };
    static const char *const own[] = { "linger.ms", "7", "acks", "0", NULL };
    const char *const *const parts[] = { kafka_producer_settings, own, NULL };
    static const char *const expected[][2] = { { "linger.ms", "7" },
                                               { "acks", "1" },
                                               { "partitioner", "murmur2_random" } };

    (void)state;
    rd_kafka_conf_t *conf = kafka_conf_of("127.0.0.1:1", &pairs, parts);
    assert_non_null(conf);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        char value[64];
        size_t size = sizeof value;

        assert_int_equal(rd_kafka_conf_get(conf, expected[i][0], value, &size), RD_KAFKA_CONF_OK);
        assert_string_equal(value, expected[i][1]);
    }
    rd_kafka_conf_destroy(conf);
}

static void what_is_wrong_is_said_before_the_start(void **state)
{
    const struct scratch *scratch = *state;

    write_secret(scratch, "hunter2\n");
    assert_string_equal(kafka_pair_wrong("kafka.sasl.pasword_file", scratch->path),
                        "librdkafka has no such property");
    assert_string_equal(kafka_pair_wrong("kafka.acks_file", scratch->path),
                        "librdkafka does not take this value");
    assert_null(kafka_pair_wrong("products.x_file", "5"));
    assert_non_null(kafka_pair_wrong("kafka._file", scratch->path));
}

static void a_file_that_is_not_there(void **state)
{
    const struct scratch *scratch = *state;
    char path[sizeof scratch->folder + 8];

    snprintf(path, sizeof path, "%s/none", scratch->folder);
    assert_non_null(refusal(scratch, "kafka.sasl.password_file", path));
}

static void the_log_has_no_secret(void **state)
{
    const struct scratch *scratch = *state;

    write_secret(scratch, "hunter2\n");
    const char *said = refusal(scratch, "kafka.sasl.oauthbearer.method", "hunter2");
    assert_non_null(said);
    assert_non_null(strstr(said, "name=sasl.oauthbearer.method"));
    assert_null(strstr(said, "hunter2"));
    said = refusal(scratch, "kafka.sasl.oauthbearer.method_file", scratch->path);
    assert_non_null(said);
    assert_null(strstr(said, "hunter2"));
    assert_non_null(strstr(refusal(scratch, "kafka.acks", "hunter2"), "value=hunter2"));
}

/* Whatever a file says: the broker would make it with one partition. */
static void no_topic_is_made_by_asking(void **state)
{
    struct config_pair pair = { (char *)(uintptr_t) "kafka.allow.auto.create.topics",
                                (char *)(uintptr_t) "true" };
    struct config_pairs pairs = { &pair, 1 };
    char value[16];
    size_t size = sizeof value;

    const char *path = write_secret(*state, "true\n");
    assert_non_null(kafka_pair_wrong(pair.name, "true"));
    assert_non_null(kafka_pair_wrong("kafka.allow.auto.create.topics_file", path));
    assert_null(kafka_pair_wrong(pair.name, "false"));
    rd_kafka_conf_t *conf = kafka_conf_new("127.0.0.1:1", &pairs, NULL);
    assert_non_null(conf);
    assert_int_equal(rd_kafka_conf_get(conf, "allow.auto.create.topics", value, &size),
                     RD_KAFKA_CONF_OK);
    assert_string_equal(value, "false");
    rd_kafka_conf_destroy(conf);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_gives_the_value, scratch_setup, scratch_teardown),
        cmocka_unit_test(a_later_list_is_on_top_and_the_file_on_all),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_said_before_the_start, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(a_file_that_is_not_there, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(no_topic_is_made_by_asking, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(the_log_has_no_secret, scratch_setup, scratch_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

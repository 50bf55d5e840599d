/* Claims about what four programs share: the keys of a link to MQTT, and how a secret is read. */
#include "captured_log.h"

#include "common/mqtt_settings.h"

static void a_certificate_comes_with_its_key_and_an_authority(void **unused)
{
    static struct {
        char *cafile, *certfile, *keyfile;
        bool good;
    } table[] = {
        { NULL, NULL, NULL, true },   { "ca", NULL, NULL, true },   { "ca", "crt", "key", true },
        { "ca", "crt", NULL, false }, { "ca", NULL, "key", false }, { NULL, "crt", "key", false },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct mqtt_settings settings = { .cafile = table[i].cafile,
                                          .certfile = table[i].certfile,
                                          .keyfile = table[i].keyfile };
        assert_int_equal(mqtt_settings_wrong(&settings) == NULL, table[i].good);
    }
}

static void the_link_gets_every_key(void **unused)
{
    struct mqtt_settings settings = {
        .host = "h", .port = 8883, .user = "u", .cafile = "a", .certfile = "c", .keyfile = "k"
    };
    struct mqtt_link_options link = mqtt_settings_link(&settings, "p");

    (void)unused;
    assert_string_equal(link.hosts, "h");
    assert_int_equal(link.port, 8883);
    assert_string_equal(link.user, "u");
    assert_string_equal(link.password, "p");
    assert_string_equal(link.cafile, "a");
    assert_string_equal(link.certfile, "c");
    assert_string_equal(link.keyfile, "k");
}

/* What the first line of a file of these bytes is, and what was said. Both are the caller's. */
static char *read_secret(const char *bytes, char **said)
{
    char path[] = SCRATCH_FOLDER "/secret.XXXXXX";
    int fd = mkstemp(path), saved;
    struct mqtt_settings settings = { .password_file = path };
    char *secret = NULL;

    assert_true(fd >= 0);
    bool written = write(fd, bytes, strlen(bytes)) == (ssize_t)strlen(bytes);
    close(fd);
    FILE *log = capture(&saved);
    bool read = mqtt_settings_read_password(&settings, &secret);
    *said = captured(log, saved);
    unlink(path);
    assert_true(written);
    assert_int_equal(read, secret != NULL);
    return secret;
}

static void a_secret_is_a_first_line(void **unused)
{
    static const char *const files[] = { "hunter2", "hunter2\n", "hunter2\r\nmore\n" };
    char *said;

    (void)unused;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *secret = read_secret(files[i], &said);
        assert_string_equal(secret, "hunter2");
        assert_string_equal(said, "");
        config_free_secret(secret);
        free(said);
    }
}

/* It was "Success", the error number of nothing; or a password of no letters. */
static void an_empty_secret_is_said_to_be_empty(void **unused)
{
    static const char *const files[] = { "", "\n", "\nhunter2\n" };
    char *said;

    (void)unused;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        assert_null(read_secret(files[i], &said));
        assert_non_null(strstr(said, "is empty"));
        assert_null(strstr(said, "Success"));
        assert_null(strstr(said, "hunter2"));
        free(said);
    }
}

static void a_secret_that_went_away_is_no_secret(void **unused)
{
    char *secret = strdup("hunter2");
    int saved;

    (void)unused;
    FILE *log = capture(&saved);
    config_renew_secret(SCRATCH_FOLDER "/no-such-file", &secret);
    char *said = captured(log, saved);
    assert_null(secret);
    assert_non_null(strstr(said, "No such file"));
    free(said);
    config_renew_secret("", &secret);
    assert_null(secret);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "a certificate comes with its key and an authority",
          a_certificate_comes_with_its_key_and_an_authority, NULL, NULL, NULL },
        { "the link gets every key", the_link_gets_every_key, NULL, NULL, NULL },
        { "a secret is a first line", a_secret_is_a_first_line, NULL, NULL, NULL },
        { "an empty secret is said to be empty", an_empty_secret_is_said_to_be_empty, NULL, NULL,
          NULL },
        { "a secret that went away is no secret", a_secret_that_went_away_is_no_secret, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Proves that both languages say the same things, that a refusal of the API becomes a sentence,
 * that a day is chosen as a person means it, and that a login's file is private and whole. */
#include "ctl/daily.h"
#include "ctl/request.h"
#include "ctl/settings.h"
#include "ctl/text.h"

#include "finding_words.h"
#include "head_words.h"
#include "help_words.h"
#include "scratch.h"
#include "text_words.h"
#include "usage_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SENTENCE_BYTES_MAX 220             /* two lines of a terminal, and some */
#define NOON_MS            1788710400000LL /* 2026-09-06T16:00:00Z */

static size_t count_of(const char *text, const char *argument)
{
    char place[40];
    size_t count = 0;

    snprintf(place, sizeof place, "{%s}", argument);
    for (; (text = strstr(text, place)) != NULL; text++)
        count++;
    return count;
}

static size_t braces_of(const char *text)
{
    size_t count = 0;

    for (; (text = strchr(text, '{')) != NULL; text++)
        count++;
    return count;
}

/* An argument may stand twice, in both languages then; nothing else stands in braces. */
static void assert_languages_agree(const struct sentence *sentence)
{
    size_t arguments = 0;

    for (const char *const *one = sentence->arguments; *one != NULL; one++) {
        size_t count = count_of(sentence->text[LANG_ES], *one);
        assert_int_equal(count_of(sentence->text[LANG_EN], *one), count);
        arguments += count;
    }
    for (enum lang lang = 0; lang < LANGS; lang++) {
        const char *text = sentence->text[lang];
        size_t length = strlen(text);
        assert_int_equal(braces_of(text), arguments);
        assert_in_range(length, 1, SENTENCE_BYTES_MAX);
        assert_true(text[0] != ' ' && text[length - 1] != ' ');
        for (size_t i = 0; i < length; i++)
            assert_true((unsigned char)text[i] >= ' ' && text[i] != 0x7f);
    }
}

/* What is typed (usages) may be the same in both. */
static void both_languages_say_the_same(void **state)
{
    static const struct sentence *const *const catalogues[] = {
        text_sentences, finding_sentences, help_sentences, head_sentences, usage_sentences,
    };
    size_t count = 0;

    (void)state;
    for (size_t c = 0; c < sizeof catalogues / sizeof *catalogues; c++)
        for (const struct sentence *const *at = catalogues[c]; *at != NULL; at++, count++) {
            assert_languages_agree(*at);
            if (c < 3 && strcmp((*at)->name, "version") != 0)
                assert_string_not_equal((*at)->text[LANG_ES], (*at)->text[LANG_EN]);
        }
    assert_true(count > 300);
}

static void assert_refusal(long status, const char *body, const char *sentence)
{
    struct request_refusal refusal = { .status = status,
                                       .body = body,
                                       .length = strlen(body),
                                       .retry_after_s = 9,
                                       .url = "http://x" };
    struct buffer out = { 0 };

    request_refusal_sentence(LANG_EN, &refusal, &out);
    assert_string_equal(out.bytes, sentence);
    buffer_free(&out);
}

static void refusals_become_sentences(void **state)
{
    (void)state;
    assert_refusal(422, "{\"title\":\"t\",\"detail\":\"must be 1\",\"field\":\"quantity\"}",
                   "the server refused (422), field \"quantity\": must be 1");
    assert_refusal(404, "{\"title\":\"not found\"}", "the server refused (404): not found");
    assert_refusal(403, "{\"title\":\"t\",\"detail\":\"operator only\"}",
                   "your role does not allow this: operator only");
    assert_refusal(429, "{\"detail\":\"blocked\"}", "too many attempts: blocked; try again in 9 s");
    assert_refusal(401, "{\"title\":\"t\"}",
                   "the token is not valid or has expired: sign in with \"carritoctl login\" (or "
                   "check CARRITO_TOKEN)");
    assert_refusal(502, "<html>",
                   "what answers at http://x is no carrito-collector (status 502): check --url or "
                   "CARRITO_URL");
    assert_refusal(502, "",
                   "what answers at http://x is no carrito-collector (status 502): check --url or "
                   "CARRITO_URL");
}

static void queries_are_encoded(void **state)
{
    struct buffer path = { 0 };

    (void)state;
    buffer_text(&path, "/a");
    request_add_segment(&path, "b/c?");
    request_add(&path, "q", "\xC3\xB1 &=");
    request_add(&path, "limit", "5");
    assert_string_equal(path.bytes, "/a/b%2Fc%3F?q=%C3%B1%20%26%3D&limit=5");
    buffer_free(&path);
}

static const struct option_spec specs[] = {
    { .name = "day", .kind = OPTION_DAY },
    { .name = "from", .kind = OPTION_DAY },
    { .name = "to", .kind = OPTION_DAY },
    { .name = "all" },
    { .name = "group", .kind = OPTION_CHOICE, .choices = "cart|day|month|guild" },
};

/* The query that `daily` makes of the words, "refused" where it makes none. */
static void assert_days(char **words, const char *query)
{
    struct option_rules rules = { .specs = specs,
                                  .count = sizeof specs / sizeof *specs,
                                  .now_ms = NOON_MS };
    struct arguments arguments = { 0, words };
    struct buffer why = { 0 }, path = { 0 };
    struct options options;
    struct daily_days days;

    while (words[arguments.count])
        arguments.count++;
    assert_true(options_read(&rules, &arguments, &options, &why));
    if (daily_choose(&options, NOON_MS, &days))
        daily_add(&days, &path);
    else
        buffer_text(&path, "refused");
    assert_string_equal(path.bytes ? path.bytes : "", query);
    buffer_free(&path);
    buffer_free(&why);
}

#define WORDS(...) ((char *[]){ __VA_ARGS__, NULL })

static void days_are_chosen_as_meant(void **state)
{
    (void)state;
    assert_days((char *[]){ NULL }, "?day=2026-09-06");
    assert_days(WORDS("--all"), "");
    assert_days(WORDS("--day", "ayer"), "?day=2026-09-05");
    assert_days(WORDS("--from", "2026-09-01"), "?from=2026-09-01");
    assert_days(WORDS("--to", "2026-09-01"), "?to=2026-09-01");
    assert_days(WORDS("--from", "2026-09-01", "--to", "2026-09-02"),
                "?from=2026-09-01&to=2026-09-02");
    assert_days(WORDS("--group", "guild"), "?day=2026-09-06");
    assert_days(WORDS("--group", "month"), "");
    assert_days(WORDS("--group", "day", "--day", "today"), "?day=2026-09-06");
    assert_days(WORDS("--all", "--day", "hoy"), "refused");
    assert_days(WORDS("--to", "hoy", "--day", "hoy"), "refused");
}

static void the_login_file_is_private_and_whole(void **state)
{
    const struct scratch *scratch = *state;
    char path[sizeof scratch->path + 32], text[256] = "";
    struct stat status;
    FILE *file;

    snprintf(path, sizeof path, "%s/a/b/carritoctl.conf", scratch->folder);
    assert_true(settings_save(path, "http://h:1", "one"));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_false(settings_is_readable_by_others(path));
    file = fopen(path, "a");
    fputs("lang=en\nurls=x\n token = old", file);
    fclose(file);
    assert_true(settings_save(path, "http://h:2", "two"));
    file = fopen(path, "r");
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, "url=http://h:2\ntoken=two\nlang=en\nurls=x\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { .name = "both languages say the same, of the same arguments",
          .test_func = both_languages_say_the_same },
        { .name = "a refusal becomes a sentence with detail and field",
          .test_func = refusals_become_sentences },
        { .name = "queries and paths are percent-encoded", .test_func = queries_are_encoded },
        { .name = "a day is chosen as a person means it", .test_func = days_are_chosen_as_meant },
        { .name = "the file of a login is private and keeps the other lines",
          .test_func = the_login_file_is_private_and_whole,
          .setup_func = scratch_setup,
          .teardown_func = scratch_teardown },
    };

    if (!day_set_zone("America/Santiago"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

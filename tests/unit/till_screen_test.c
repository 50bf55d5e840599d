/* Proves what the till shows on a terminal and on a small display. The screens are in
 * tests/corpus/till; to make them anew: TILL_SCREENS=write. */
#include "agent/till_screen.h"

#include "till_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The screen as the file has it, within its columns and rows. */
static void assert_screen(const struct desk *desk, int columns, int rows, const char *name)
{
    struct buffer drawn = { 0 };
    char path[512], kept[8192] = "";

    snprintf(path, sizeof path, CORPUS_DIR "/till/%s-%dx%d.txt", name, columns, rows);
    till_draw(&desk->till, columns, rows, &drawn);
    int lines = 0, column = 0;
    for (const char *c = drawn.bytes; *c != '\0'; c++) {
        column = *c == '\n' ? 0 : column + (((unsigned char)*c & 0xc0) != 0x80);
        lines += *c == '\n';
        assert_true(column <= columns);
    }
    assert_int_equal(lines, rows);
    FILE *file = fopen(path, getenv("TILL_SCREENS") != NULL ? "w" : "r");
    assert_non_null(file);
    if (getenv("TILL_SCREENS") != NULL)
        fputs(drawn.bytes, file);
    else
        kept[fread(kept, 1, sizeof kept - 1, file)] = '\0';
    fclose(file);
    if (getenv("TILL_SCREENS") == NULL)
        assert_string_equal(drawn.bytes, kept);
    buffer_free(&drawn);
}

static void assert_screens(const struct desk *desk, const char *name)
{
    assert_screen(desk, 80, 24, name);
    assert_screen(desk, 20, 4, name);
}

static void the_screens_are_as_kept(void **state)
{
    struct desk desk = new_desk();

    (void)state;
    assert_screens(&desk, "no-agent");
    status(&desk, "{\"ok\":true,\"network\":\"online\",\"former\":[{\"waiting\":7,\"sends\":true},"
                  "{\"waiting\":40,\"sends\":false},{\"waiting\":10}]}");
    assert_screens(&desk, "another-plates");
    status(&desk, "{\"ok\":true,\"network\":\"online\",\"stock\":60,\"acked\":1}");
    press(&desk, "12");
    assert_screens(&desk, "typed");
    press(&desk, "\n");
    answer(&desk, "{\"ok\":true,\"text\":\"ok venta 120, quedan 48\",\"receipt\":120,\"stock\":48,"
                  "\"seq\":418}");
    status(&desk, "{\"ok\":true,\"network\":\"no-internet\",\"stock\":48,\"acked\":417,\"waiting\":"
                  "1,\"last_receipt\":120}");
    assert_screens(&desk, "sold-without-net");
    status(&desk, "{\"ok\":true,\"network\":\"online\",\"stock\":48,\"acked\":418,"
                  "\"last_receipt\":120}");
    assert_screens(&desk, "sold");
    press(&desk, "10000\n");
    assert_screens(&desk, "asked");
    press(&desk, "\n");
    answer(&desk, "{\"ok\":false,\"said\":{\"say\":\"disk-full\"}}");
    assert_screens(&desk, "refused");
    press(&desk, "/\n");
    answer(&desk, ORDERS);
    assert_screens(&desk, "orders");
    desk.till.lang = LANG_EN;
    press(&desk, "*\n");
    answer(&desk, "{\"ok\":true,\"day\":\"2026-11-30\",\"sales\":41,\"quantity\":123,"
                  "\"amount\":61500,\"voided\":1,\"waiting\":0}");
    assert_screens(&desk, "today-en");
}

/* A screen's text without its columns: rows one after the other, a blank between them. */
static void flatten(const struct buffer *drawn, char *flat, size_t size)
{
    size_t length = 0;

    for (const char *c = drawn->bytes; *c != '\0' && length + 1 < size; c++) {
        bool is_gap = *c == ' ' || *c == '\n';
        if (!is_gap || (length > 0 && flat[length - 1] != ' '))
            flat[length++] = is_gap ? ' ' : *c;
    }
    flat[length] = '\0';
}

static void assert_shows(const struct desk *desk, int columns, int rows, const char *text)
{
    struct buffer drawn = { 0 };
    char flat[4096];

    till_draw(&desk->till, columns, rows, &drawn);
    flatten(&drawn, flat, sizeof flat);
    if (strstr(flat, text) == NULL)
        fail_msg("%dx%d: no \"%s\" in:\n%s", columns, rows, text, drawn.bytes);
    buffer_free(&drawn);
}

/* Not cut, in the till's language whatever the agent's is; where the keys were wrong, by keys. */
static void every_refusal_is_whole_on_both_screens(void **state)
{
    char json[512];
    size_t count = 0;

    (void)state;
    for (const struct sentence *const *at = answer_sentences; *at != NULL; at++)
        for (int i = 0; i < 4 && strncmp((*at)->name, "ok-", 3) != 0; i++, count++) {
            bool input = i % 2 == 0;
            struct desk desk = new_desk();
            const char *lost = "lost";
            desk.till.lang = i < 2 ? LANG_ES : LANG_EN;
            const struct sentence *brief = sentence_find(brief_sentences, (*at)->name);
            if (brief == NULL)
                fail_msg("nothing brief for %s", (*at)->name);
            status(&desk, "{\"ok\":true,\"network\":\"no-centre\",\"network_why\":\"refused\"}");
            press(&desk, "3\n");
            snprintf(json, sizeof json,
                     "{\"ok\":false,\"input\":%s,\"said\":{\"say\":\"%s\"},\"text\":\"%s\","
                     "\"reason\":\"%s\"}",
                     input ? "true" : "false", (*at)->name, lost, (*at)->name);
            answer(&desk, json);
            assert_true(desk.till.wrong);
            assert_shows(&desk, 20, 4, brief->text[desk.till.lang]);
            if (input || *at == &answer_unreadable)
                assert_shows(&desk, 80, 24, input ? brief->text[desk.till.lang] : lost);
            else if ((*at)->arguments[0] == NULL)
                assert_shows(&desk, 80, 24, (*at)->text[desk.till.lang]);
        }
    assert_in_range(count, 40, 200);
    for (const struct sentence *const *at = brief_sentences; *at != NULL; at++)
        if (*at != &brief_no_answer && sentence_find(answer_sentences, (*at)->name) == NULL)
            fail_msg("nobody refuses %s", (*at)->name);
}

static void no_answer_is_whole_on_a_small_screen(void **state)
{
    struct desk desk = new_desk();

    (void)state;
    press(&desk, "3\n");
    till_answer(&desk.till, &desk.request, NULL);
    assert_shows(&desk, 20, 4, "el agente no contestó; vea con *");
    assert_shows(&desk, 80, 24, "el agente no contestó; vea con *");
}

/* Where there is no centre, the screen says why: what a vendor can do differs. */
static void the_screens_of_each_cause_are_as_kept(void **state)
{
    char answer[128], name[64];

    (void)state;
    for (enum net_cause cause = NET_NO_BRIDGE; cause < NET_CAUSES; cause++)
        for (int english = 0; english <= 1; english++) {
            struct desk desk = new_desk();
            const char *why = net_cause_why(cause) != NULL ? net_cause_why(cause) : "no-signal";
            desk.till.lang = english ? LANG_EN : LANG_ES;
            snprintf(answer, sizeof answer,
                     "{\"ok\":true,\"network\":\"%s\",\"network_why\":\"%s\",\"stock\":60}",
                     net_cause_name(cause), why);
            status(&desk, answer);
            snprintf(name, sizeof name, "link-%s%s", why, english ? "-en" : "");
            assert_screens(&desk, name);
        }
}

static void the_screens_of_the_day_s_end_are_as_kept(void **state)
{
    struct desk desk = new_desk();

    (void)state;
    for (int english = 0; english <= 1; english++) {
        desk.till.lang = english ? LANG_EN : LANG_ES;
        status(&desk, "{\"ok\":true,\"network\":\"online\",\"stock\":48,\"last_receipt\":120}");
        press(&desk, "**\n");
        assert_screens(&desk, english ? "close-asked-en" : "close-asked");
        press(&desk, "\n");
        answer(&desk,
               "{\"ok\":true,\"text\":\"x\",\"sales\":41,\"quantity\":123,\"amount\":61500}");
        status(&desk, "{\"ok\":true,\"network\":\"online\",\"stock\":48,\"last_receipt\":120,"
                      "\"waiting\":3,\"day\":\"closing\"}");
        assert_screens(&desk, english ? "closing-en" : "closing");
        status(&desk, "{\"ok\":true,\"network\":\"online\",\"stock\":48,\"last_receipt\":120,"
                      "\"day\":\"closed\"}");
        assert_screens(&desk, english ? "closed-en" : "closed");
    }
}

#define OFFER                                                                                      \
    "{\"ok\":true,\"network\":\"online\",\"stock\":60,\"listening\":\"yes\",\"orders\":["          \
    "{\"order\":\"d4\",\"status\":\"ofrecido\",\"number\":1,\"turn\":1,\"product\":"               \
    "\"Sopaipilla\","                                                                              \
    "\"quantity\":2,\"price\":500,\"distance_m\":346,\"bearing_deg\":40,\"left_ms\":42000}%s]}"
#define TAKEN                                                                                      \
    ",{\"order\":\"c3\",\"status\":\"entregando\",\"number\":2,\"turn\":1,\"product\":"            \
    "\"Sopaipilla\","                                                                              \
    "\"quantity\":3,\"price\":500,\"distance_m\":1240,\"bearing_deg\":200,\"place\":"              \
    "\"Plaza de Armas 1, junto a la pileta\"}"

static void the_screens_of_orders_are_as_kept(void **state)
{
    char heard[1024];

    (void)state;
    for (int english = 0; english <= 1; english++) {
        struct desk desk = new_desk();
        desk.till.lang = english ? LANG_EN : LANG_ES;
        snprintf(heard, sizeof heard, OFFER, TAKEN);
        tick(&desk, 5000);
        status(&desk, heard);
        assert_screens(&desk, english ? "offer-en" : "offer");
        press(&desk, "12");
        assert_screens(&desk, english ? "offer-typing-en" : "offer-typing");
        press(&desk, "\b\b/\n");
        answer(&desk, "{\"ok\":true}");
        assert_screens(&desk, english ? "offer-taken-en" : "offer-taken");
        press(&desk, "/\n");
        snprintf(heard, sizeof heard, "{\"ok\":true,\"orders\":[%s]}", TAKEN + 1);
        answer(&desk, heard); /* the only one: with its place */
        assert_screens(&desk, english ? "order-alone-en" : "order-alone");
        status(&desk, "{\"ok\":true,\"network\":\"online\",\"stock\":60,\"orders\":[],\"untold\":[{"
                      "\"order\":\"c3\",\"turn\":1,\"number\":2,\"reason\":\"taken-back\"}]}");
        assert_screens(&desk, english ? "order-taken-back-en" : "order-taken-back");
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "the screens are as kept", the_screens_are_as_kept, NULL, NULL, NULL },
        { "the screens of each cause are as kept", the_screens_of_each_cause_are_as_kept, NULL,
          NULL, NULL },
        { "the screens of the day's end are as kept", the_screens_of_the_day_s_end_are_as_kept,
          NULL, NULL, NULL },
        { "the screens of orders are as kept", the_screens_of_orders_are_as_kept, NULL, NULL,
          NULL },
        { "every refusal is whole on both screens", every_refusal_is_whole_on_both_screens, NULL,
          NULL, NULL },
        { "no answer is whole on a small screen", no_answer_is_whole_on_a_small_screen, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

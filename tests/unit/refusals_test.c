/* Proves that a vendor reads in his own language whatever the agent refuses: each refusal of the
 * catalogue is brought about here, in both languages. */
#include "agent/words.h"

#include "requests_room.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void broken_disk(void)
{
    disk_takes(0);
}

/* Without the sentences of an agent that records nothing at all (a_file_of_another_release,
 * bad_input_agent and outbox_read_only have them). */
static const struct {
    const char *request;
    const struct sentence *refused;
    void (*before)(void);
} table[] = {
    { "{", &answer_unreadable, NULL },
    { "[1]", &answer_unreadable, NULL },
    { "", &answer_unreadable, NULL },
    { "{\"request\":\"sell\",\"quantity\":1,\"client\":\"\xff\"}", &answer_unreadable, NULL },
    { "{\"request\":\"sell\",\"quantity\":1,\"quantity\":2}", &answer_unreadable, NULL },
    { "{\"request\":\"sell\",\"quantity\":1e999}", &answer_unreadable, NULL },
    { "{\"request\":\"sell\",\"quantity\":1,\"id\":7}", &answer_unreadable, NULL },
    { "{\"request\":\"sell\",\"quantity\":1,\"until_boot_ms\":-1}", &answer_unreadable, NULL },
    { "{}", &answer_request, NULL },
    { "{\"request\":\"dance\"}", &answer_request, NULL },
    { "{\"request\":\"sell\",\"quantity\":1,\"until_boot_ms\":0}", &answer_too_late, NULL },
    { "{\"request\":\"sell\",\"quantity\":10001}", &answer_quantity, NULL },
    { "{\"request\":\"sell\",\"quantity\":1,\"amount\":-1}", &answer_amount, NULL },
    { "{\"request\":\"sell\",\"quantity\":1,\"client\":\" \"}", &answer_client, NULL },
    { "{\"request\":\"sell\",\"quantity\":1,\"order\":\" \"}", &answer_order_id, NULL },
    { "{\"request\":\"void\",\"receipt\":0}", &answer_receipt, NULL },
    { "{\"request\":\"void\",\"receipt\":9}", &answer_no_receipt, NULL },
    { "{\"request\":\"void\",\"receipt\":9,\"reason\":7}", &answer_reason, NULL },
    { "{\"request\":\"restock\",\"stock\":-1}", &answer_stock, NULL },
    { "{\"request\":\"order\",\"order\":\"o\",\"status\":\"recibido\"}", &answer_status, NULL },
    { "{\"request\":\"order\",\"order\":\"nobody's\",\"status\":\"preparando\"}",
      &answer_order_unknown, NULL },
    { "{\"request\":\"order\",\"order\":\"late\",\"status\":\"preparando\"}", &answer_order_expired,
      NULL },
    { "{\"request\":\"order\",\"order\":\"gone\",\"status\":\"preparando\"}", &answer_order_over,
      NULL },
    { "{\"request\":\"order\",\"order\":\"open\",\"status\":\"finalizado\"}", &answer_order_step,
      NULL },
    { "{\"request\":\"listen\",\"listen\":\"loud\"}", &answer_listen, NULL },
    { "{\"request\":\"sell\",\"quantity\":1}", &answer_disk_full, disk_is_full },
    { "{\"request\":\"sell\",\"quantity\":1}", &answer_disk_broken, broken_disk },
};

static const struct sentence *const elsewhere[] = { &answer_read_only, &answer_other_release,
                                                    &answer_no_plate };

/* What the request is answered with, which the caller frees. */
static cJSON *refusal_of(void **state, size_t row, enum lang lang)
{
    ((struct room *)*state)->requests.lang = lang;
    if (table[row].before != NULL)
        table[row].before();
    cJSON *answer = cJSON_Parse(ask(state, table[row].request));
    disk_takes_all();
    disk_has_room();
    assert_non_null(answer);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(answer, "ok")));
    return answer;
}

static void assert_refused(const cJSON *answer, size_t row, enum lang lang)
{
    const char *written = cJSON_GetObjectItem(answer, "text")->valuestring;
    struct buffer text = { 0 }, other = { 0 };

    assert_ptr_equal(words_read(answer, lang, &text), table[row].refused);
    assert_ptr_equal(words_read(answer, lang == LANG_ES ? LANG_EN : LANG_ES, &other),
                     table[row].refused);
    assert_string_equal(written, text.bytes); /* for programs of earlier releases */
    assert_string_equal(cJSON_GetObjectItem(answer, "reason")->valuestring,
                        table[row].refused->name);
    if (strcmp(text.bytes, other.bytes) == 0)
        fail_msg("one language: %s", written);
    buffer_free(&text);
    buffer_free(&other);
}

static void each_refusal_is_told_in_both_languages(void **state)
{
    struct outbox *outbox = ((struct room *)*state)->commit.outbox;

    offer_order(state, "open", 1);
    offer_order(state, "late", 1);
    offer_order(state, "gone", 1);
    assert_int_equal(outbox_expire_order(outbox, "late", NOW_MS), OUTBOX_OK);
    hear(state, "{\"id\":\"c\",\"command\":\"order-cancel\",\"order\":\"gone\",\"turn\":1,"
                "\"reason\":\"cancelled\"}");
    for (size_t row = 0; row < sizeof table / sizeof *table; row++)
        for (enum lang lang = 0; lang < LANGS; lang++) {
            cJSON *answer = refusal_of(state, row, lang);
            assert_refused(answer, row, lang);
            cJSON_Delete(answer);
        }
    assert_int_equal(last_seq(state), 0);
}

static void no_refusal_is_left_out(void **state)
{
    (void)state;
    for (const struct sentence *const *at = answer_sentences; *at != NULL; at++) {
        bool found = strncmp((*at)->name, "ok-", 3) == 0;
        for (size_t i = 0; i < sizeof table / sizeof *table; i++)
            found = found || table[i].refused == *at;
        for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
            found = found || elsewhere[i] == *at;
        if (!found)
            fail_msg("nothing brings about %s", (*at)->name);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "each refusal is told in both languages", each_refusal_is_told_in_both_languages,
          make_room, clear_room, NULL },
        { "no refusal is left out", no_refusal_is_left_out, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Proves what the voice says, and that it says nothing else: no money, total, receipt, name or
 * place whatever the agent answers. */
#include "agent/net_words.h"
#include "till/sentence.h"

#include "why_words.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define QUANTITY 3
#define STOCK    57

static struct till new_till(enum lang lang)
{
    struct till till;

    till_init(&till, lang, 20);
    till.heard = true;
    return till;
}

static void answer(struct till *till, enum till_act act, const char *json)
{
    const struct till_request request = { .act = act,
                                          .number = QUANTITY,
                                          .status = act == TILL_LISTEN ? "pause" : "entregando" };
    cJSON *object = cJSON_Parse(json);

    till_answer(till, &request, object);
    cJSON_Delete(object);
}

static const char *said(const struct till *till)
{
    static char text[SENTENCE_SIZE];

    memset(text, 0, sizeof text);
    sentence_of_till(till, text);
    return text;
}

static void each_answer_has_its_sentence(void **state)
{
    static const struct {
        enum till_act act;
        const char *answer, *es, *en;
    } table[] = {
        { TILL_SELL, "{\"ok\":true,\"receipt\":9,\"stock\":57}", "3, quedan 57", "3, 57 left" },
        { TILL_SELL, "{\"ok\":true,\"receipt\":9}", "3", "3" },
        { TILL_VOID, "{\"ok\":true,\"receipt\":9}", "anulada", "voided" },
        { TILL_RESTOCK, "{\"ok\":true,\"stock\":60}", "quedan 60", "left: 60" },
        { TILL_TODAY, "{\"ok\":true,\"sales\":41,\"amount\":99}", "sin contar", "not counted" },
        { TILL_CLOSE, "{\"ok\":true,\"sales\":41,\"amount\":99,\"stock\":7}", "día cerrado",
          "the day is closed" },
        { TILL_ORDERS, "{\"ok\":true,\"orders\":[]}", "no hay pedidos", "no orders" },
        { TILL_ORDERS,
          "{\"ok\":true,\"orders\":[{\"order\":\"a1\",\"status\":\"ofrecido\",\"number\":1},"
          "{\"order\":\"b2\",\"status\":\"entregando\",\"number\":3,\"distance_m\":346,"
          "\"bearing_deg\":45}]}",
          "1 ofrecido. 3 entregando, a 350 metros al noreste",
          "1 offered. 3 entregando, 350 metres northeast" },
        { TILL_STEP, "{\"ok\":true}", "pedido 3 en camino", "order 3 on its way" },
        { TILL_LISTEN, "{\"ok\":true}", "pedidos en pausa", "orders are paused" },
        { TILL_SELL, "{\"ok\":false,\"reason\":\"disk-full\"}",
          "no se vendió: la tarjeta está llena", "not sold: the card is full" },
        { TILL_SELL, "{\"ok\":false,\"reason\":\"disk-broken\"}",
          "no se sabe si se hizo: falla la tarjeta",
          "nobody knows whether it was done: the card fails" },
        { TILL_VOID, "{\"ok\":false,\"reason\":\"no-receipt\"}", "no se anuló: no hay esa venta",
          "not voided: there is no such receipt" },
        { TILL_RESTOCK, "{\"ok\":false,\"text\":\"no\"}", "no se anotó", "not noted" },
        { TILL_SELL, "no answer", "no se sabe si se hizo: el agente no contestó",
          "nobody knows whether it was done: the agent did not answer" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct till till = new_till(LANG_ES);
        answer(&till, table[i].act, table[i].answer);
        assert_string_equal(said(&till), table[i].es);
        till = new_till(LANG_EN);
        answer(&till, table[i].act, table[i].answer);
        assert_string_equal(said(&till), table[i].en);
    }
}

/* Whoever has no screen hears what is wrong, too. */
static void every_refusal_is_said_with_its_why(void **state)
{
    char json[128];
    size_t count = 0;

    (void)state;
    for (const struct sentence *const *at = answer_sentences; *at != NULL; at++)
        for (enum lang lang = 0; lang < LANGS && strncmp((*at)->name, "ok-", 3) != 0;
             lang++, count++) {
            struct till till = new_till(lang);
            const struct sentence *why = sentence_find(why_sentences, (*at)->name);
            if (why == NULL)
                fail_msg("no why for %s", (*at)->name);
            snprintf(json, sizeof json,
                     "{\"ok\":false,\"said\":{\"say\":\"%s\"},\"reason\":\"%s\"}", (*at)->name,
                     (*at)->name);
            answer(&till, TILL_SELL, json);
            assert_non_null(strstr(said(&till), why->text[lang]));
        }
    assert_in_range(count, 30, 100);
    for (const struct sentence *const *at = why_sentences; *at != NULL; at++)
        if (strcmp((*at)->name, brief_no_answer.name) != 0 &&
            sentence_find(answer_sentences, (*at)->name) == NULL)
            fail_msg("nobody refuses %s", (*at)->name);
}

static void the_tills_own_words_are_said_as_they_are_shown(void **state)
{
    struct till till = new_till(LANG_ES);
    struct till_request request;

    (void)state;
    assert_false(till_line(&till, "25", 2, &request));
    assert_string_equal(said(&till), "25? Enter otra vez si es así");
    assert_false(till_line(&till, "3-", 2, &request));
    assert_string_equal(said(&till), "no entendí; no se hizo nada");
    assert_true(till_line(&till, "3", 1, &request));
    till_unreached(&till);
    assert_string_equal(said(&till), "no se hizo: sin agente");
    assert_true(till.wrong && !till.busy && till.bell);
}

/* Every number in it is one of pieces, and no word is the agent's. */
static void assert_discreet(const char *text)
{
    static const char *const secrets[] = { "$", "peso", "Ana", "Soto", "Plaza", "a1", "/" };

    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        assert_null(strstr(text, secrets[i]));
    for (const char *c = text; *c != '\0'; c++) {
        if (!isdigit((unsigned char)*c))
            continue;
        char *end;
        long number = strtol(c, &end, 10);
        assert_true(number == QUANTITY || number == STOCK || number <= TILL_ORDERS_MAX);
        c = end - 1;
    }
}

/* All that an agent may answer, and a wild one, too. */
#define EVERYTHING                                                                                 \
    "\"text\":\"ok venta 4242, Ana Soto, $88000, Plaza de Armas\",\"receipt\":4242,\"seq\":911,"   \
    "\"amount\":88000,\"sales\":41,\"quantity\":123,\"voided\":17,\"waiting\":19,"                 \
    "\"orders\":[{\"order\":\"a1\",\"status\":\"Ana Soto, Plaza\",\"at_ms\":1790000000000,"        \
    "\"number\":1},{\"order\":\"$\",\"status\":\"preparando\",\"number\":2,\"turn\":1,"            \
    "\"product\":\"Ana Soto, $1\",\"place\":\"Plaza 14\",\"quantity\":3,\"price\":1500}]"

static void assert_answer_is_discreet(enum lang lang, enum till_act act, const char *head)
{
    char json[2048];
    struct till till = new_till(lang);

    snprintf(json, sizeof json, "{%s,%s}", head, EVERYTHING);
    answer(&till, act, json);
    assert_discreet(said(&till));
    snprintf(json, sizeof json, "{%s,\"stock\":%d,%s}", head, STOCK, EVERYTHING);
    answer(&till, act, json);
    assert_discreet(said(&till));
}

static void no_answer_tells_money_totals_names_or_places(void **state)
{
    (void)state;
    for (enum lang lang = 0; lang < LANGS; lang++)
        for (enum till_act act = TILL_SELL; act <= TILL_LISTEN; act++) {
            assert_answer_is_discreet(lang, act, "\"ok\":true");
            assert_answer_is_discreet(lang, act, "\"ok\":false");
            assert_answer_is_discreet(lang, act, "\"ok\":false,\"reason\":\"Ana $1\"");
            for (const struct sentence *const *at = answer_sentences; *at != NULL; at++) {
                char head[256];
                snprintf(
                    head, sizeof head,
                    "\"ok\":false,\"reason\":\"%s\",\"said\":{\"say\":\"%s\",\"receipt\":4242}",
                    (*at)->name, (*at)->name);
                assert_answer_is_discreet(lang, act, head);
            }
            struct till till = new_till(lang);
            answer(&till, act, "no answer");
            assert_discreet(said(&till));
        }
}

static void a_call_tells_how_much_how_far_and_how_long(void **state)
{
    static const struct {
        const char *heard, *es;
    } table[] = {
        { "{\"ok\":true,\"orders\":[{\"order\":\"a1\",\"status\":\"ofrecido\",\"number\":1,"
          "\"turn\":1,"
          "\"product\":\"Ana\",\"place\":\"Plaza\",\"quantity\":3,\"price\":900,\"left_ms\":42000,"
          "\"distance_m\":346,\"bearing_deg\":45}]}",
          "pedido de 3, a 350 metros al noreste, quedan 42 segundos: barra y Enter lo toma; barra, "
          "menos y Enter, no" },
        { "{\"ok\":true,\"orders\":[{\"order\":\"a1\",\"status\":\"ofrecido\",\"number\":1,"
          "\"turn\":1,"
          "\"quantity\":3,\"left_ms\":42000,\"pickup\":true}]}",
          "pedido de 3, retiro en el carro, quedan 42 segundos: barra y Enter lo toma; barra, "
          "menos "
          "y Enter, no" },
        { "{\"ok\":true,\"orders\":[],\"untold\":[{\"order\":\"a1\",\"turn\":1,\"number\":2,"
          "\"reason\":\"cancelled\"}]}",
          "pedido 2 cancelado: no lo entregue" },
        { "{\"ok\":true,\"orders\":[]}", "" },
    };
    char text[SENTENCE_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct till till = new_till(LANG_ES);
        cJSON *heard = cJSON_Parse(table[i].heard);
        till_status(&till, heard);
        cJSON_Delete(heard);
        sentence_of_call(&till, text);
        assert_string_equal(text, table[i].es);
    }
}

static void the_link_is_told_when_it_has_been_so_for_a_while(void **state)
{
    struct sentence_link link = { 0 };
    int64_t now_ms = 1000;
    int told = 0;

    (void)state;
    for (int i = 0; i < 60; i++, now_ms += 1000) /* whole: nothing to tell */
        told += sentence_link_turn(&link, &screen_online, now_ms);
    for (int i = 0; i < 60; i++, now_ms += 1000) /* comes and goes */
        told += sentence_link_turn(&link, i % 5 < 3 ? &screen_no_signal : &screen_online, now_ms);
    assert_int_equal(told, 0);
    sentence_link_turn(&link, &screen_no_signal, now_ms);
    assert_false(sentence_link_turn(&link, &screen_no_signal, now_ms + SENTENCE_LINK_MS - 1));
    assert_true(sentence_link_turn(&link, &screen_no_signal, now_ms + SENTENCE_LINK_MS));
    for (int i = 0; i < 60; i++)
        told += sentence_link_turn(&link, &screen_no_signal, now_ms + 60000 + i * 1000);
    assert_int_equal(told, 0); /* once */
    now_ms += 200000;
    for (int i = 0; i < 60; i++) /* an attempt that takes its time is no news */
        told += sentence_link_turn(&link, &screen_connecting, now_ms + i * 1000);
    assert_int_equal(told, 0);
    now_ms += 200000;
    sentence_link_turn(&link, &screen_online, now_ms);
    assert_true(sentence_link_turn(&link, &screen_online, now_ms + SENTENCE_LINK_MS));
    now_ms += 200000; /* the day is closed, and goes on with a sale */
    assert_false(sentence_link_turn(&link, &screen_closing, now_ms));
    assert_true(sentence_link_turn(&link, &screen_may_unplug, now_ms + 1000));
    for (int i = 0; i < 60; i++)
        told += sentence_link_turn(&link, &screen_online, now_ms + 2000 + i * 1000);
    assert_int_equal(told, 0);
}

/* "Is there credit?" only where nobody answers; and what is to be done where somebody does. */
static void the_link_is_told_with_its_cause(void **state)
{
    static const struct {
        const char *status, *es, *en;
    } table[] = {
        { "{\"ok\":true,\"network\":\"no-signal\"}", "sin señal", "no signal" },
        { "{\"ok\":true,\"network\":\"no-internet\",\"network_why\":\"no-answer\"}",
          "sin internet: ¿hay saldo?", "no internet: is there credit?" },
        { "{\"ok\":true,\"network\":\"no-centre\",\"network_why\":\"no-bridge\"}", "sin centro",
          "no centre" },
        { "{\"ok\":true,\"network\":\"no-centre\"}", "sin centro", "no centre" },
        { "{\"ok\":true,\"network\":\"no-centre\",\"network_why\":\"no-broker\"}",
          "sin centro: su servidor no atiende", "no centre: its server is down" },
        { "{\"ok\":true,\"network\":\"no-centre\",\"network_why\":\"refused\"}",
          "sin acceso al centro: avise", "no access to the centre: tell it" },
        { "{\"ok\":true,\"network\":\"no-centre\",\"network_why\":\"connecting\"}", "conectando",
          "connecting" },
        { "{\"ok\":true,\"network\":\"no-centre\",\"network_why\":\"certificate\"}",
          "no aceptan el certificado: avise", "certificate refused: tell the centre" },
        { "{\"ok\":true,\"network\":\"no-centre\",\"network_why\":\"stranger\"}",
          "contesta otro, no el centro: avise", "another answers, not the centre: tell" },
        { "{\"ok\":true,\"network\":\"no-centre\",\"network_why\":\"clock\"}",
          "sin hora: conecta cuando la tenga", "no time yet: it will connect by itself" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct till till = new_till(LANG_ES);
        cJSON *status = cJSON_Parse(table[i].status);
        till_status(&till, status);
        cJSON_Delete(status);
        assert_string_equal(net_word_long(till_link_word(&till))->text[LANG_ES], table[i].es);
        assert_string_equal(net_word_long(till_link_word(&till))->text[LANG_EN], table[i].en);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "each answer has its sentence", each_answer_has_its_sentence, NULL, NULL, NULL },
        { "every refusal is said with its why", every_refusal_is_said_with_its_why, NULL, NULL,
          NULL },
        { "the till's own words are said as they are shown",
          the_tills_own_words_are_said_as_they_are_shown, NULL, NULL, NULL },
        { "no answer tells money, totals, names or places",
          no_answer_tells_money_totals_names_or_places, NULL, NULL, NULL },
        { "a call tells how much, how far and how long", a_call_tells_how_much_how_far_and_how_long,
          NULL, NULL, NULL },
        { "the link is told with its cause", the_link_is_told_with_its_cause, NULL, NULL, NULL },
        { "the link is told when it has been so for a while",
          the_link_is_told_when_it_has_been_so_for_a_while, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Proves what the agent answers to the vendor: the answer comes after the commit, wrong input is
 * told in a sentence and changes nothing, and a failing disk is never answered with ok. */
#include "common/day.h"

#include "requests_room.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_day_at_the_cart(void **state)
{
    static const struct {
        const char *request, *answer;
        int events;
    } table[] = {
        { "{\"request\":\"sell\",\"quantity\":3}", "\"ok venta 1\",\"receipt\":1", 1 },
        { "{\"request\":\"restock\",\"stock\":44}", "\"ok quedan 44 en el carro\",\"stock\":44",
          1 },
        { "{\"request\":\"sell\",\"quantity\":3,\"client\":\"Ana Soto\",\"amount\":1500}",
          "\"ok venta 2, quedan 41\",\"receipt\":2,\"stock\":41", 1 },
        { "{\"request\":\"void\",\"receipt\":2,\"reason\":\"error\"}", "anulada la venta 2", 1 },
        { "{\"request\":\"void\",\"receipt\":2}", "ya estaba anulada", 0 },
        { "{\"request\":\"order\",\"order\":\"o-1\",\"status\":\"preparando\"}",
          "ok pedido o-1: preparando", 1 },
        { "{\"request\":\"order\",\"order\":\"o-1\",\"status\":\"entregando\"}",
          "ok pedido o-1: entregando", 1 },
        { "{\"request\":\"sell\",\"quantity\":1,\"order\":\"o-1\"}", "ok venta 3, quedan 43", 2 },
        { "{\"request\":\"order\",\"order\":\"o-2\",\"status\":\"preparando\"}",
          "ok pedido o-2: preparando", 1 },
        { "{\"request\":\"orders\"}", "{\"order\":\"o-2\",\"status\":\"preparando\"", 0 },
        { "{\"request\":\"status\"}", "\"cart\":\"BBCL23\"", 0 },
        { "{\"request\":\"status\"}", "\"kept_since_ms\":", 0 },
        { "{\"request\":\"today\"}",
          "\"sales\":2,\"quantity\":4,\"amount\":0,\"voided\":1,\"waiting\":9", 0 },
        { "{\"request\":\"status\"}",
          "\"connected\":true,\"bridge\":false,\"network\":\"no-centre\",\"network_why\":"
          "\"no-bridge\",\"network_text\":\"sin centro\",\"waiting\":9",
          0 },
    };

    offer_order(state, "o-1", 1);
    offer_order(state, "o-2", 1);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int64_t before = last_seq(state);
        const char *answer = ask(state, table[i].request);
        assert_holds(answer, "{\"ok\":true");
        assert_holds(answer, table[i].answer);
        assert_int_equal(last_seq(state), before + table[i].events);
    }
}

static void wrong_input_is_refused_in_words(void **state)
{
    static const struct {
        const char *request, *answer;
    } table[] = {
        { "", "" },
        { "rubbish", "" },
        { "[1]", "" },
        { "{}", "¿son de la misma versión?" },
        { "{\"request\":7}", "¿son de la misma versión?" },
        { "{\"request\":\"dance\"}", "¿son de la misma versión?" },
        { "{\"request\":\"sell\"}", "--quantity 3" },
        { "{\"request\":\"sell\",\"quantity\":0}", "1 a 10000" },
        { "{\"request\":\"sell\",\"quantity\":10001}", "1 a 10000" },
        { "{\"request\":\"sell\",\"quantity\":1.5}", "1 a 10000" },
        { "{\"request\":\"sell\",\"quantity\":\"3\"}", "1 a 10000" },
        { "{\"request\":\"sell\",\"quantity\":1e999}", "" },
        { "{\"request\":\"sell\",\"quantity\":1,\"quantity\":2}", "" },
        { "{\"request\":\"sell\",\"quantity\":1,\"amount\":-1}", "--amount 1500" },
        { "{\"request\":\"sell\",\"quantity\":1,\"amount\":1000000001}", "de 0 a 1000000000" },
        { "{\"request\":\"sell\",\"quantity\":1,\"client\":\"\"}", "--client" },
        { "{\"request\":\"sell\",\"quantity\":1,\"client\":\" \\t \"}", "--client" },
        { "{\"request\":\"sell\",\"quantity\":1,\"client\":null}", "--client" },
        { "{\"request\":\"sell\",\"quantity\":1,\"client\":\"\xff\"}", "" },
        { "{\"request\":\"sell\",\"quantity\":1,\"order\":\" \"}", "pedido" },
        { "{\"request\":\"void\"}", "void 120" },
        { "{\"request\":\"void\",\"receipt\":0}", "void 120" },
        { "{\"request\":\"void\",\"receipt\":9}", "no hay una venta 9" },
        { "{\"request\":\"restock\"}", "restock 80" },
        { "{\"request\":\"restock\",\"stock\":-1}", "restock 80" },
        { "{\"request\":\"order\",\"order\":\"o-1\"}", "preparando" },
        { "{\"request\":\"order\",\"order\":\"o-1\",\"status\":\"perdido\"}", "preparando" },
        { "{\"request\":\"order\",\"status\":\"preparando\"}", "pedido" },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *answer = ask(state, table[i].request);
        assert_holds(answer, "{\"ok\":false,\"input\":true,\"said\":{\"say\":\"");
        assert_holds(answer, table[i].answer);
        assert_int_equal(last_seq(state), 0);
    }
    assert_holds(ask_bytes(state, "{\"request\":\"sell\",\"quantity\":1}\0", 34), "\"input\":true");
}

/* The centre refuses what is no step of a vendor's: it would be a dead letter, long after "ok". */
static void an_order_takes_the_steps_that_the_centre_takes(void **state)
{
    static const struct {
        const char *status;
        bool taken;
    } table[] = {
        { "preparando", true }, { "recibido", false },  { "cancelado", false },
        { "fallido", false },   { "ofrecido", false },  { "Preparando", false },
        { "entregando", true }, { "finalizado", true },
    };
    char request[128];

    offer_order(state, "o-1", 1);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int64_t before = last_seq(state);
        snprintf(request, sizeof request,
                 "{\"request\":\"order\",\"order\":\"o-1\",\"status\":\"%s\"}", table[i].status);
        const char *answer = ask(state, request);
        assert_holds(answer, table[i].taken ? "\"ok pedido o-1: "
                                            : "preparando, entregando, finalizado o "
                                              "rechazado\",\"reason\":\"status\"}");
        assert_int_equal(last_seq(state) > before, table[i].taken);
    }
}

static void clients_of_sixty_four_characters_are_the_longest(void **state)
{
    char request[512], client[65 * 4 + 1] = "";

    for (int i = 0; i < 64; i++)
        strcat(client, "ñ");
    snprintf(request, sizeof request, "{\"request\":\"sell\",\"quantity\":1,\"client\":\"%s\"}",
             client);
    assert_holds(ask(state, request), "\"ok\":true");
    strcat(client, "ñ");
    snprintf(request, sizeof request, "{\"request\":\"sell\",\"quantity\":1,\"client\":\"%s\"}",
             client);
    assert_holds(ask(state, request), "\"ok\":false");
}

/* The sentences word for word, as the vendor reads them. */
static void both_languages_say_what_to_type(void **state)
{
    static const struct {
        const char *request, *es, *en;
    } table[] = {
        { "\"sell\"", "la cantidad debe ser un entero de 1 a 10000, p. ej. --quantity 3",
          "the quantity must be a whole number from 1 to 10000, e.g. --quantity 3" },
        { "\"sell\",\"quantity\":1,\"amount\":0.5",
          "el monto debe ser un entero de 0 a 1000000000 pesos, p. ej. --amount 1500",
          "the amount must be whole pesos, 0 to 1000000000, e.g. --amount 1500" },
        { "\"sell\",\"quantity\":1,\"client\":\" \"",
          "el cliente debe tener 1 a 64 caracteres, no solo blancos, p. ej. --client "
          "\\\"Ana Soto\\\"",
          "the client must have 1 to 64 characters, not only blanks, e.g. --client "
          "\\\"Ana Soto\\\"" },
        { "\"void\"", "la venta debe ser un entero desde 1, p. ej. void 120",
          "the receipt must be a whole number from 1, e.g. void 120" },
        { "\"void\",\"receipt\":9", "no hay una venta 9 en este carro",
          "there is no receipt 9 on this cart" },
        { "\"restock\"", "lo que queda debe ser un entero desde 0, p. ej. restock 80",
          "what is on the cart must be a whole number from 0, e.g. restock 80" },
        { "\"order\"", "el pedido debe tener 1 a 64 caracteres, p. ej. order ID preparando",
          "the order must have 1 to 64 characters, e.g. order ID preparando" },
    };
    struct room *room = *state;
    char request[128], answer[256];

    for (size_t i = 0; i < 2 * sizeof table / sizeof *table; i++) {
        bool es = i % 2 == 0;
        room->requests.lang = es ? LANG_ES : LANG_EN;
        snprintf(request, sizeof request, "{\"request\":%s}", table[i / 2].request);
        snprintf(answer, sizeof answer, "\"text\":\"%s\",\"reason\":\"",
                 es ? table[i / 2].es : table[i / 2].en);
        assert_holds(ask(state, request), answer);
    }
    room->requests.lang = LANG_EN;
    assert_string_equal(ask(state, "{\"request\":\"restock\",\"stock\":44}"),
                        "{\"ok\":true,\"said\":{\"say\":\"ok-stock\",\"stock\":44},"
                        "\"text\":\"ok 44 on the cart\",\"stock\":44}\n");
    assert_string_equal(
        ask(state, "{\"request\":\"sell\",\"quantity\":3}"),
        "{\"ok\":true,\"said\":{\"say\":\"ok-sale-stock\",\"receipt\":1,\"stock\":41},"
        "\"text\":\"ok receipt 1, 41 left\",\"receipt\":1,"
        "\"stock\":41,\"seq\":2}\n");
}

static void an_answer_fits_into_a_socket(void **state)
{
    struct outbox *outbox = ((struct room *)*state)->commit.outbox;
    char text[2000], place[OFFER_PLACE_MAX + 1], id[16];

    memset(place, 'x', sizeof place - 1);
    place[sizeof place - 1] = '\0';
    for (int i = 0; i < 50; i++) {
        struct order_cancelled over = { id, "ended", 1, NOW_MS + i };
        struct command_effect ends = { .cancelled = &over };
        snprintf(id, sizeof id, "o-%d", i);
        snprintf(text, sizeof text,
                 "{\"order\":\"%s\",\"turn\":1,\"product\":\"x\",\"quantity\":1,\"price\":1,"
                 "\"place\":\"%s\",\"note\":\"%s%s%s%s\"}",
                 id, place, place, place, place, place);
        struct order_offered row = { .id = id, .text = text, .turn = 1, .at_ms = NOW_MS + i };
        struct command_effect offered = { .offered = &row };
        assert_int_equal(outbox_carry_out(outbox, id, &offered), OUTBOX_OK);
        snprintf(text, sizeof text, "c-%d", i);
        assert_int_equal(outbox_carry_out(outbox, text, &ends), OUTBOX_OK);
    }
    const char *answer = ask(state, "{\"request\":\"orders\"}");
    assert_holds(answer, "\"orders\":[{\"order\":\"o-49\"");
    assert_true(strlen(answer) < 70000);
    cJSON *object = cJSON_Parse(answer);
    assert_non_null(object);
    cJSON_Delete(object);
}

static void a_full_disk_is_said(void **state)
{
    disk_is_full();
    const char *answer = ask(state, "{\"request\":\"sell\",\"quantity\":3}");
    disk_has_room();
    assert_string_equal(answer, "{\"ok\":false,\"input\":false,\"said\":{\"say\":\"disk-full\"},"
                                "\"text\":\"NO registrado: el disco "
                                "está lleno o no se puede escribir\","
                                "\"reason\":\"disk-full\"}\n");
    assert_holds(ask(state, "{\"request\":\"sell\",\"quantity\":3}"), "ok venta 1");
}

static void a_failing_disk_is_never_ok(void **state)
{
    struct room *room = *state;

    disk_takes(0);
    const char *answer = ask(state, "{\"request\":\"sell\",\"quantity\":3}");
    disk_takes_all();
    assert_holds(answer, "{\"ok\":false,\"input\":false,\"said\":{\"say\":"
                         "\"disk-broken\"},\"text\":\"NO confirmado");
    assert_int_not_equal(room->requests.result, OUTBOX_OK);
    assert_int_equal(last_seq(state), 0);
}

/* As after a restart of the agent. */
static void open_again(void **state)
{
    struct room *room = *state;

    outbox_close(room->commit.outbox);
    room->commit.outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
    assert_non_null(room->commit.outbox);
}

static void a_repeated_request_gets_the_same_answer(void **state)
{
    static const char *const requests[] = {
        "{\"request\":\"sell\",\"id\":\"a\",\"quantity\":3}",
        "{\"request\":\"restock\",\"id\":\"b\",\"stock\":44}",
        "{\"request\":\"sell\",\"id\":\"c\",\"quantity\":3}",
        "{\"request\":\"void\",\"id\":\"d\",\"receipt\":1}",
        "{\"request\":\"order\",\"id\":\"e\",\"order\":\"o-2\",\"status\":\"preparando\"}",
        "{\"request\":\"order\",\"id\":\"f\",\"order\":\"o-2\",\"status\":\"entregando\"}",
        "{\"request\":\"order\",\"id\":\"g\",\"order\":\"o-2\",\"status\":\"finalizado\"}",
    };
    char *answers[sizeof requests / sizeof *requests];

    offer_order(state, "o-2", 1);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        answers[i] = strdup(ask(state, requests[i]));
        assert_holds(answers[i], "{\"ok\":true");
    }
    assert_int_equal(last_seq(state), 8);
    for (int again = 0; again < 3; again++) {
        for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
            assert_string_equal(ask(state, requests[i]), answers[i]);
        assert_int_equal(last_seq(state), 8);
        open_again(state);
    }
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        free(answers[i]);
    assert_holds(ask(state, "{\"request\":\"sell\",\"id\":\"h\",\"quantity\":3}"), "venta 4");
    assert_holds(ask(state, "{\"request\":\"sell\",\"quantity\":3}"), "venta 5");
    assert_holds(ask(state, "{\"request\":\"sell\",\"quantity\":3}"), "venta 6");
}

static void an_answer_is_kept_with_its_act_only(void **state)
{
    static const char sell[] = "{\"request\":\"sell\",\"id\":\"a\",\"quantity\":3}";
    static const char back[] = "{\"request\":\"void\",\"id\":\"b\",\"receipt\":1}";

    assert_holds(ask(state, back), "no hay una venta 1");
    disk_is_full();
    const char *answer = ask(state, sell);
    disk_has_room();
    assert_holds(answer, "\"input\":false,\"said\":{\"say\":\"disk-full\"}");
    assert_holds(ask(state, sell), "ok venta 1");
    assert_holds(ask(state, back), "ok anulada la venta 1");
    assert_holds(ask(state, back), "ok anulada la venta 1");
    assert_int_equal(last_seq(state), 2);
}

static void many_answers_are_kept_and_old_ones_go(void **state)
{
    char request[128], answer[64];

    for (int i = 1; i <= 2 * ANSWERS_MAX; i++) {
        snprintf(request, sizeof request, "{\"request\":\"sell\",\"id\":\"id-%d\",\"quantity\":1}",
                 i);
        snprintf(answer, sizeof answer, "venta %d\"", i);
        assert_holds(ask(state, request), answer);
    }
    for (int i = ANSWERS_MAX + 1; i <= 2 * ANSWERS_MAX; i++) {
        snprintf(request, sizeof request, "{\"request\":\"sell\",\"id\":\"id-%d\",\"quantity\":1}",
                 i);
        snprintf(answer, sizeof answer, "venta %d\"", i);
        assert_holds(ask(state, request), answer);
    }
    assert_int_equal(last_seq(state), 2 * ANSWERS_MAX);
    assert_holds(ask(state, "{\"request\":\"sell\",\"id\":\"id-1\",\"quantity\":1}"), "venta 129");
}

/* The agent stood still for longer than the vendor waited. */
static void what_comes_too_late_is_not_done(void **state)
{
    static const char sell[] = "{\"request\":\"sell\",\"id\":\"%s\",\"until_boot_ms\":9000,"
                               "\"quantity\":3}";
    struct room *room = *state;
    char first[128], second[128];

    snprintf(first, sizeof first, sell, "a");
    snprintf(second, sizeof second, sell, "b");
    room->requests.moment.boot_ms = 9000;
    assert_holds(ask(state, first), "ok venta 1");
    room->requests.moment.boot_ms = 9001;
    assert_string_equal(ask(state, second),
                        "{\"ok\":false,\"input\":false,\"said\":{\"say\":\"too-late\"},"
                        "\"text\":\"NO registrado: el agente "
                        "llegó tarde; puede repetirlo\",\"reason\":\"too-late\"}\n");
    assert_holds(ask(state, first), "ok venta 1"); /* what was done is told still */
    assert_int_equal(last_seq(state), 1);
}

static void a_wrong_mark_is_refused(void **state)
{
    static const char *const marks[] = { "\"id\":\"\"", "\"id\":7", "\"id\":null",
                                         "\"until_boot_ms\":-1", "\"until_boot_ms\":\"9\"" };
    char request[256], id[REQUEST_ID_MAX + 2];

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        snprintf(request, sizeof request, "{\"request\":\"sell\",\"quantity\":1,%s}", marks[i]);
        assert_holds(ask(state, request),
                     "{\"ok\":false,\"input\":true,\"said\":{\"say\":\"unreadable\"}");
    }
    memset(id, 'x', sizeof id - 1);
    id[sizeof id - 1] = '\0';
    snprintf(request, sizeof request, "{\"request\":\"sell\",\"quantity\":1,\"id\":\"%s\"}", id);
    assert_holds(ask(state, request), "\"input\":true");
    assert_int_equal(last_seq(state), 0);
    id[REQUEST_ID_MAX] = '\0';
    snprintf(request, sizeof request, "{\"request\":\"sell\",\"quantity\":1,\"id\":\"%s\"}", id);
    assert_holds(ask(state, request), "ok venta 1");
}

/* Kept over a restart, and said the same way each time; a sale and a count of the stock open it,
 * and what is put right afterwards does not. */
static void a_day_is_closed_until_the_next_sale(void **state)
{
    static const char close[] = "{\"request\":\"close\"}", status[] = "{\"request\":\"status\"}";
    struct room *room = *state;

    ask(state, "{\"request\":\"sell\",\"quantity\":3,\"amount\":1500}");
    assert_holds(ask(state, status), "\"day\":\"open\"");
    assert_holds(ask(state, close), "\"text\":\"ok día cerrado: 1 venta, 3 sopaipillas, $1500, 0 "
                                    "anuladas, 1 por enviar\"");
    assert_holds(ask(state, close), "\"ok día cerrado: 1 venta,");
    assert_int_equal(outbox_closed_ms(room->commit.outbox), NOW_MS);
    assert_holds(ask(state, status), "\"day\":\"closing\"");
    room->requests.status.closed_told = true;
    outbox_close(room->commit.outbox);
    room->commit.outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
    assert_holds(ask(state, status), "\"day\":\"closed\"");
    assert_holds(ask(state, "{\"request\":\"void\",\"receipt\":1}"), "anulada la venta 1");
    assert_holds(ask(state, "{\"request\":\"today\"}"),
                 "\"voided\":1,\"waiting\":2,\"closed\":true");
    ask(state, "{\"request\":\"sell\",\"quantity\":1}");
    assert_holds(ask(state, status), "\"day\":\"open\"");
    assert_int_equal(outbox_closed_ms(room->commit.outbox), EVENT_ABSENT);
    ask(state, close);
    ask(state, "{\"request\":\"restock\",\"stock\":60}");
    outbox_close(room->commit.outbox);
    room->commit.outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
    assert_holds(ask(state, status), "\"day\":\"open\"");
}

/* The vendor shall get home without an alarm. */
static void a_full_disk_is_closed_too(void **state)
{
    struct room *room = *state;

    disk_is_full();
    assert_holds(ask(state, "{\"request\":\"close\"}"), "{\"ok\":true,");
    assert_int_equal(outbox_closed_ms(room->commit.outbox), NOW_MS);
}

static void a_wrong_clock_gives_no_time(void **state)
{
    struct room *room = *state;

    room->requests.moment.clock = CLOCK_NONE;
    ask(state, "{\"request\":\"close\"}");
    assert_int_equal(outbox_closed_ms(room->commit.outbox), 0);
    assert_holds(ask(state, "{\"request\":\"status\"}"), "\"day\":\"closing\"");
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, make_room, clear_room, NULL                                                \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("each request does what it says", a_day_at_the_cart),
        CLAIM("wrong input is refused in words", wrong_input_is_refused_in_words),
        CLAIM("an order takes the steps that the centre takes",
              an_order_takes_the_steps_that_the_centre_takes),
        CLAIM("a client has up to 64 characters", clients_of_sixty_four_characters_are_the_longest),
        CLAIM("both languages say what to type", both_languages_say_what_to_type),
        CLAIM("an answer fits into a socket", an_answer_fits_into_a_socket),
        CLAIM("a full disk is said, and then it sells", a_full_disk_is_said),
        CLAIM("a failing disk is never ok", a_failing_disk_is_never_ok),
        CLAIM("a repeated request gets the same answer", a_repeated_request_gets_the_same_answer),
        CLAIM("an answer is kept with its act only", an_answer_is_kept_with_its_act_only),
        CLAIM("many answers are kept, and old ones go", many_answers_are_kept_and_old_ones_go),
        CLAIM("what comes too late is not done", what_comes_too_late_is_not_done),
        CLAIM("a wrong mark is refused", a_wrong_mark_is_refused),
        CLAIM("a day is closed until the next sale", a_day_is_closed_until_the_next_sale),
        CLAIM("a full disk is closed too", a_full_disk_is_closed_too),
        CLAIM("a wrong clock gives no time", a_wrong_clock_gives_no_time),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

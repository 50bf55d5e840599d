/* Proves what the agent answers to the vendor: the answer comes after the commit, wrong input is
 * told in a sentence and changes nothing, and a failing disk is never answered with ok. */
#include "agent/requests.h"

#include "common/day.h"

#include "scratch.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NOW_MS 1790006400000LL

struct room {
    struct scratch scratch;
    struct book book;
    struct requests requests;
    struct buffer answer;
};

static int make_room(void **state)
{
    struct room *room = calloc(1, sizeof *room);

    scratch_make(&room->scratch);
    room->book.cart = "BBCL23";
    room->book.outbox = outbox_open(room->scratch.path, NOW_MS);
    room->requests = (struct requests){
        .book = &room->book,
        .lang = "es",
        .price = EVENT_ABSENT,
        .moment = { NOW_MS, CLOCK_NTP, "boot", 1 },
        .status = { .connected = true, .gps = "fix", .clock = "ntp" },
    };
    *state = room;
    return room->book.outbox == NULL;
}

static int clear_room(void **state)
{
    struct room *room = *state;

    disk_takes_all();
    outbox_close(room->book.outbox);
    scratch_remove(&room->scratch);
    buffer_free(&room->answer);
    free(room);
    return 0;
}

static int64_t last_seq(void **state)
{
    return outbox_head(((struct room *)*state)->book.outbox)->last_seq;
}

static const char *ask_bytes(void **state, const char *bytes, size_t length)
{
    struct room *room = *state;

    buffer_clear(&room->answer);
    requests_answer(&room->requests, bytes, length, &room->answer);
    assert_int_equal(room->answer.bytes[room->answer.length - 1], '\n');
    assert_ptr_equal(strchr(room->answer.bytes, '\n'),
                     room->answer.bytes + room->answer.length - 1);
    return room->answer.bytes;
}

static const char *ask(void **state, const char *request)
{
    return ask_bytes(state, request, strlen(request));
}

static void assert_holds(const char *answer, const char *part)
{
    if (strstr(answer, part) == NULL)
        fail_msg("no %s in %s", part, answer);
}

static void a_day_at_the_cart(void **state)
{
    static const struct {
        const char *request, *answer;
        int events;
    } table[] = {
        { "{\"request\":\"sell\",\"quantity\":3}", "\"ok boleta 1\",\"receipt\":1", 1 },
        { "{\"request\":\"restock\",\"stock\":44}", "\"ok quedan 44 en el carro\",\"stock\":44",
          1 },
        { "{\"request\":\"sell\",\"quantity\":3,\"client\":\"Ana Soto\",\"amount\":1500}",
          "\"ok boleta 2, quedan 41\",\"receipt\":2,\"stock\":41", 1 },
        { "{\"request\":\"void\",\"receipt\":2,\"reason\":\"error\"}", "anulada la boleta 2", 1 },
        { "{\"request\":\"void\",\"receipt\":2}", "ya estaba anulada", 0 },
        { "{\"request\":\"sell\",\"quantity\":1,\"order\":\"o-1\"}", "ok boleta 3, quedan 43", 2 },
        { "{\"request\":\"order\",\"order\":\"o-2\",\"status\":\"preparando\"}",
          "ok pedido o-2: preparando", 1 },
        { "{\"request\":\"orders\"}", "{\"order\":\"o-2\",\"status\":\"preparando\"", 0 },
        { "{\"request\":\"status\"}", "\"cart\":\"BBCL23\"", 0 },
        { "{\"request\":\"status\"}", "\"connected\":true,\"bridge\":false,\"waiting\":7", 0 },
    };

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
        { "{}", "request must be sell" },
        { "{\"request\":7}", "request must be sell" },
        { "{\"request\":\"dance\"}", "request must be sell" },
        { "{\"request\":\"sell\"}", "--quantity 3" },
        { "{\"request\":\"sell\",\"quantity\":0}", "1 a 10000" },
        { "{\"request\":\"sell\",\"quantity\":10001}", "1 a 10000" },
        { "{\"request\":\"sell\",\"quantity\":1.5}", "1 a 10000" },
        { "{\"request\":\"sell\",\"quantity\":\"3\"}", "1 a 10000" },
        { "{\"request\":\"sell\",\"quantity\":1e999}", "" },
        { "{\"request\":\"sell\",\"quantity\":1,\"quantity\":2}", "" },
        { "{\"request\":\"sell\",\"quantity\":1,\"amount\":-1}", "--amount 1500" },
        { "{\"request\":\"sell\",\"quantity\":1,\"client\":\"\"}", "--client" },
        { "{\"request\":\"sell\",\"quantity\":1,\"client\":\" \\t \"}", "--client" },
        { "{\"request\":\"sell\",\"quantity\":1,\"client\":null}", "--client" },
        { "{\"request\":\"sell\",\"quantity\":1,\"client\":\"\xff\"}", "" },
        { "{\"request\":\"sell\",\"quantity\":1,\"order\":\" \"}", "pedido" },
        { "{\"request\":\"void\"}", "void 120" },
        { "{\"request\":\"void\",\"receipt\":0}", "void 120" },
        { "{\"request\":\"void\",\"receipt\":9}", "no hay una boleta 9" },
        { "{\"request\":\"restock\"}", "restock 80" },
        { "{\"request\":\"restock\",\"stock\":-1}", "restock 80" },
        { "{\"request\":\"order\",\"order\":\"o-1\"}", "preparando" },
        { "{\"request\":\"order\",\"order\":\"o-1\",\"status\":\"perdido\"}", "preparando" },
        { "{\"request\":\"order\",\"status\":\"preparando\"}", "pedido" },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *answer = ask(state, table[i].request);
        assert_holds(answer, "{\"ok\":false,\"input\":true,\"text\":\"");
        assert_holds(answer, table[i].answer);
        assert_int_equal(last_seq(state), 0);
    }
    assert_holds(ask_bytes(state, "{\"request\":\"sell\",\"quantity\":1}\0", 34), "\"input\":true");
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

static void english_is_spoken_too(void **state)
{
    ((struct room *)*state)->requests.lang = "en";
    assert_holds(ask(state, "{\"request\":\"restock\",\"stock\":44}"), "ok 44 on the cart");
    assert_holds(ask(state, "{\"request\":\"sell\",\"quantity\":3}"), "ok receipt 1, 41 left");
    assert_holds(ask(state, "{\"request\":\"sell\"}"), "the quantity must be");
}

static void a_failing_disk_is_never_ok(void **state)
{
    struct room *room = *state;

    disk_takes(0);
    const char *answer = ask(state, "{\"request\":\"sell\",\"quantity\":3}");
    disk_takes_all();
    assert_holds(answer, "{\"ok\":false,\"input\":false,\"text\":\"NO confirmado");
    assert_int_not_equal(room->requests.result, OUTBOX_OK);
    assert_int_equal(last_seq(state), 0);
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
        CLAIM("a client has up to 64 characters", clients_of_sixty_four_characters_are_the_longest),
        CLAIM("answers are English where asked for", english_is_spoken_too),
        CLAIM("a failing disk is never ok", a_failing_disk_is_never_ok),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

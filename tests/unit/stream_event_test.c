/* Claims about the operators' stream: what each record of Kafka says there, and what says nothing.
 */
#include "collector/access/access.h"
#include "collector/api/stream_event.h"
#include "common/protocol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                                       \
    "\"cart\":\"BBCL23\",\"epoch\":\"9f0c9f0c9f0c9f0c\",\"seq\":1,\"ts_ms\":1790000000000,"        \
    "\"clock\":\"gps\""

static void assert_says(const struct buffer *words, const char *text)
{
    assert_int_equal(words->length, strlen(text));
    if (words->length > 0)
        assert_memory_equal(words->bytes, text, words->length);
}

static const struct {
    const char *claim, *topic, *value;
    const char *sale, *position, *alert, *order, *stock;
} records[] = {
    { "a sale is told with its level, a client's name as text", TOPIC_SALES,
      "{\"v\":1,\"type\":\"sale\"," HEAD
      ",\"receipt\":4,\"client\":\"<b>\",\"quantity\":2,\"stock\":9}",
      "{\"type\":\"sale\",\"cart\":\"BBCL23\",\"epoch\":\"9f0c9f0c9f0c9f0c\",\"receipt\":4,"
      "\"time\":\"2026-09-21T14:13:20Z\",\"client\":\"<b>\",\"quantity\":2,\"amount\":null}",
      "", "", "", "{\"cart\":\"BBCL23\",\"stock\":9,\"time\":\"2026-09-21T14:13:20Z\"}" },
    { "a position is told", TOPIC_LOCATIONS,
      "{\"v\":1,\"type\":\"location\"," HEAD ",\"lat\":-33.5,\"lon\":-70.5}", "",
      "{\"cart\":\"BBCL23\",\"lat\":-33.5,\"lon\":-70.5,\"acc\":null,"
      "\"time\":\"2026-09-21T14:13:20Z\"}",
      "", "", "" },
    { "an alert is told as the API shows it", TOPIC_ALERTS,
      "{\"id\":\"a\",\"kind\":\"stock-out\",\"started_ms\":1790000000000,\"ended_ms\":null}", "",
      "",
      "{\"id\":\"a\",\"kind\":\"stock-out\",\"started\":\"2026-09-21T14:13:20Z\","
      "\"ended\":null}",
      "", "" },
    { "an alert is told in each language", TOPIC_ALERTS,
      "{\"kind\":\"stock-out\",\"details\":\"x\",\"about\":{\"say\":\"stock-out\",\"cart\":\"A1\"}"
      "}",
      "", "",
      "{\"kind\":\"stock-out\",\"details\":\"x\",\"about\":{\"say\":\"stock-out\",\"cart\":\"A1\"},"
      "\"details_es\":\"Al carro A1 no le quedan sopaipillas.\","
      "\"details_en\":\"Cart A1 has nothing left to sell.\"}",
      "", "" },
    { "an order's change is told", TOPIC_ORDER_PROCESSING,
      "{\"order\":\"o\",\"status\":\"recibido\",\"ts_ms\":1790000000000}", "", "", "",
      "{\"order\":\"o\",\"status\":\"recibido\",\"ts\":\"2026-09-21T14:13:20Z\"}", "" },
    { "an order's buyer is not", TOPIC_ORDER_PROCESSING,
      "{\"order\":\"o\",\"email\":\"ana@example.cl\",\"lat\":-33.4}", "", "", "",
      "{\"order\":\"o\"}", "" },
    { "what cannot be read says nothing", TOPIC_SALES, "{\"v\":1}", "", "", "", "", "" },
    { "an alert that is no object says nothing", TOPIC_ALERTS, "[]", "", "", "", "", "" },
    { "another topic says nothing", TOPIC_COMMANDS, "{}", "", "", "", "", "" },
};

static void each_record_says_its_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        struct stream_words words = { 0 };
        struct kafka_record record = { .topic = records[i].topic,
                                       .value = records[i].value,
                                       .value_length = strlen(records[i].value) };
        print_message("%s\n", records[i].claim);
        stream_words_of(&record, &words);
        assert_says(&words.sale, records[i].sale);
        assert_says(&words.position, records[i].position);
        assert_says(&words.alert, records[i].alert);
        assert_says(&words.order, records[i].order);
        assert_says(&words.stock, records[i].stock);
        stream_words_free(&words);
    }
}

static const struct {
    const char *claim, *topic, *value;
    unsigned readers;
} heard[] = {
    { "all who listen hear of a cart", TOPIC_ALERTS, "{\"kind\":\"stock-out\"}", WHO_READS },
    { "who acts hears of an account", TOPIC_ALERTS, "{\"kind\":\"login-blocked\"}", WHO_ACTS },
    { "an order is for all", TOPIC_ORDER_PROCESSING, "{\"order\":\"o\"}", WHO_READS },
};

static void each_is_for_those_who_may_hear_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof heard / sizeof *heard; i++) {
        struct stream_words words = { 0 };
        struct kafka_record record = { .topic = heard[i].topic,
                                       .value = heard[i].value,
                                       .value_length = strlen(heard[i].value) };
        print_message("%s\n", heard[i].claim);
        stream_words_of(&record, &words);
        assert_int_equal(words.readers, heard[i].readers);
        stream_words_free(&words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "each record says its words", each_record_says_its_words, NULL, NULL, NULL },
        { "each is for those who may hear it", each_is_for_those_who_may_hear_it, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

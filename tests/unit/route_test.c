/* Claims about route: where each line of a message goes, what is refused with which reason, that a
 * refused line never takes its neighbours along, and what is acknowledged. */
#include "route_scene.h"

#include <dirent.h>
#include <stdlib.h>

#define EPOCH "9f0c9f0c9f0c9f0c"
#define EVENT(type, seq, rest)                                                                     \
    "{\"v\":1,\"type\":\"" type "\",\"cart\":\"BBCL23\",\"epoch\":\"" EPOCH "\",\"seq\":" #seq     \
    ",\"ts_ms\":1790000000123,\"clock\":\"gps\"" rest "}"
#define SALE(seq) EVENT("sale", seq, ",\"receipt\":1,\"quantity\":3")

#define TOPIC_OF_CART "carrito/v1/BBCL23/"

static struct batch *routed_events(const char *payload, const char *correlation)
{
    return routed((struct mqtt_message){
        .topic = TOPIC_OF_CART "events",
        .payload = payload,
        .length = strlen(payload),
        .correlation = correlation,
    });
}

static void routes_each_type(void **state)
{
    static const struct {
        const char *line;
        enum wire_topic topic;
        const char *type, *key;
    } cases[] = {
        { SALE(1), WIRE_SALES, "sale", "BBCL23" },
        { EVENT("void", 1, ",\"receipt\":1"), WIRE_SALES, "void", "BBCL23" },
        { EVENT("stock", 1, ",\"stock\":9"), WIRE_SALES, "stock", "BBCL23" },
        { EVENT("clock", 1, ",\"boot\":\"b\",\"boot_ms\":1"), WIRE_SALES, "clock", "BBCL23" },
        { EVENT("location", 1, ",\"lat\":1,\"lon\":2"), WIRE_LOCATIONS, "location", "BBCL23" },
        { EVENT("order", 1, ",\"order\":\"o\\u002d7\",\"status\":\"x\""), WIRE_ORDER_STEPS, "order",
          "o-7" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct batch *batch = routed_events(cases[i].line, NULL);
        const struct record *record = &batch->records[0];
        assert_int_equal(batch->record_count, 1);
        assert_int_equal(batch->rejected, 0);
        assert_int_equal(record->topic, cases[i].topic);
        assert_int_equal(record->partition, RECORD_BY_KEY);
        assert_string_equal(record->type, cases[i].type);
        assert_string_equal(record->id, "BBCL23/" EPOCH "/1");
        assert_string_equal(record->origin, TOPIC_OF_CART "events");
        assert_key(record, cases[i].key);
        assert_value(record, cases[i].line);
        batch_free(batch);
    }
}

/* Calls `check` with the name and bytes of each file of the corpus folder. */
static int each_file(const char *folder, void (*check)(const char *, const char *, size_t))
{
    char path[512], bytes[2 * BATCH_BYTES_MAX];
    struct dirent *entry;
    int count = 0;

    snprintf(path, sizeof path, "%s/events/%s", CORPUS_DIR, folder);
    DIR *directory = opendir(path);
    assert_non_null(directory);
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/events/%s/%s", CORPUS_DIR, folder, entry->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t length = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        check(entry->d_name, bytes, length);
        count++;
    }
    closedir(directory);
    return count;
}

/* The line between two good ones, as one message. */
static struct batch *between_neighbours(const char *bytes, size_t length)
{
    char payload[3 * BATCH_BYTES_MAX];
    static const char before[] = SALE(7) "\n", after[] = "\n" SALE(8) "\n";
    size_t at = 0;

    memcpy(payload, before, sizeof before - 1);
    at += sizeof before - 1;
    memcpy(payload + at, bytes, length);
    at += length;
    memcpy(payload + at, after, sizeof after - 1);
    at += sizeof after - 1;
    return routed((struct mqtt_message){
        .topic = TOPIC_OF_CART "events",
        .payload = payload,
        .length = at,
        .correlation = EPOCH ":8",
    });
}

static void check_bad(const char *name, const char *bytes, size_t length)
{
    struct batch *batch = between_neighbours(bytes, length);
    size_t lines = length > 0 ? 3 : 2; /* an empty line is none */

    if (batch->record_count != lines || batch->rejected != lines - 2)
        fail_msg("%s: %zu records, %zu rejected", name, batch->record_count, batch->rejected);
    assert_value(&batch->records[0], SALE(7));
    assert_value(&batch->records[lines - 1], SALE(8));
    if (lines == 3) {
        assert_int_equal(batch->records[1].topic, WIRE_DEAD_LETTERS);
        assert_true(batch->records[1].refused->text[0] != '\0');
        assert_int_equal(batch->records[1].value_length, length);
        assert_memory_equal(batch->records[1].value, bytes, length);
    }
    assert_int_equal(batch->ack_seq, 8);
    batch_free(batch);
}

static void check_good(const char *name, const char *bytes, size_t length)
{
    struct mqtt_message message = {
        .topic = TOPIC_OF_CART "events",
        .payload = bytes,
        .length = length,
    };
    struct batch *batch = batch_new("mqtt:", &message);

    route(batch);
    if (batch->record_count != 1)
        fail_msg("%s: %zu records", name, batch->record_count);
    /* Some are good events of another cart. */
    if (batch->rejected == 1 && strstr(batch->records[0].refused->text, "the topic's is") == NULL)
        fail_msg("%s: %s", name, batch->records[0].refused->text);
    assert_int_equal(batch->records[0].value_length, length);
    assert_memory_equal(batch->records[0].value, bytes, length);
    batch_free(batch);
}

static void keeps_the_good_corpus(void **state)
{
    (void)state;
    assert_true(each_file("good", check_good) > 10);
}

static void refuses_the_bad_corpus_and_keeps_neighbours(void **state)
{
    (void)state;
    assert_true(each_file("bad", check_bad) > 50);
}

static void acknowledges(void **state)
{
    static const struct {
        const char *payload, *correlation;
        int64_t seq; /* 0: no acknowledgement */
    } cases[] = {
        { SALE(5) "\n" SALE(6), EPOCH ":6", 6 },
        { SALE(5) "\n" SALE(6), EPOCH ":9", 9 },
        { SALE(5) "\n" SALE(6) "\n", NULL, 6 },
        { SALE(6) "\n" SALE(5), "nonsense", 6 },
        { SALE(6), EPOCH ":0", 6 },
        { SALE(6), EPOCH ":9007199254740992", 6 },
        { SALE(6), EPOCH ":7x", 6 },
        { SALE(6), "9F0C9F0C9F0C9F0C:7", 6 },
        { "not json", EPOCH ":6", 6 },
        { "not json", NULL, 0 },
        { "", EPOCH ":6", 6 },
        /* A refused line that can still be read names itself. */
        { EVENT("sale", 6, ""), NULL, 6 },
        { SALE(5) "\n" EVENT("sale", 6, ",\"quantity\":-3"), NULL, 6 },
        { EVENT("sale", 0, ""), NULL, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct batch *batch = routed_events(cases[i].payload, cases[i].correlation);
        if (batch->ack_seq != cases[i].seq)
            fail_msg("case %zu: %lld", i, (long long)batch->ack_seq);
        if (batch->ack_seq > 0)
            assert_string_equal(batch->epoch, EPOCH);
        assert_string_equal(batch->cart, "BBCL23");
        batch_free(batch);
    }
}

static void acknowledges_one_epoch_only(void **state)
{
    struct batch *batch =
        routed_events(SALE(3) "\n{\"v\":1,\"type\":\"sale\",\"cart\":\"BBCL23\",\"epoch\":"
                              "\"ffffffffffffffff\",\"seq\":99,\"ts_ms\":1,\"clock\":\"gps\","
                              "\"receipt\":1,\"quantity\":1}",
                      NULL);

    (void)state;
    assert_int_equal(batch->rejected, 0);
    assert_string_equal(batch->epoch, EPOCH);
    assert_int_equal(batch->ack_seq, 3);
    batch_free(batch);
}

static void refuses_what_belongs_elsewhere(void **state)
{
    struct batch *batch = routed_events(SALE(1), "ffffffffffffffff:1");
    struct batch *stranger = routed((struct mqtt_message){
        .topic = "carrito/v1/OTHER-1/events", .payload = SALE(1), .length = strlen(SALE(1)) });

    (void)state;
    assert_dead(batch, 0, "the event's epoch is not the Correlation Data's");
    assert_dead(stranger, 0, "the event's cart is BBCL23, the topic's is OTHER-1");
    assert_key(&stranger->records[0], "OTHER-1");
    batch_free(batch);
    batch_free(stranger);
}

static char *repeat(const char *text, size_t times)
{
    size_t length = strlen(text);
    char *all = malloc(length * times + 1);

    assert_non_null(all);
    for (size_t i = 0; i < times; i++)
        memcpy(all + i * length, text, length);
    all[length * times] = '\0';
    return all;
}

static void keeps_a_full_batch_and_refuses_a_larger_whole(void **state)
{
    char *full = repeat(SALE(1) "\n", BATCH_EVENTS_MAX);
    char *over = repeat(SALE(1) "\n", BATCH_EVENTS_MAX + 1);
    struct batch *kept = routed_events(full, NULL);
    struct batch *refused = routed_events(over, EPOCH ":65");

    (void)state;
    assert_int_equal(kept->record_count, BATCH_EVENTS_MAX);
    assert_int_equal(kept->rejected, 0);
    assert_int_equal(refused->record_count, 1);
    assert_dead(refused, 0, "a batch of 65 events, at most 64");
    assert_value(&refused->records[0], over);
    assert_int_equal(refused->ack_seq, 65);
    batch_free(kept);
    batch_free(refused);
    free(full);
    free(over);
}

static void refuses_an_oversize_message_whole(void **state)
{
    char *large = repeat("x", BATCH_BYTES_MAX + 1);
    char *huge = repeat("\n{}", RECORD_VALUE_MAX);
    struct batch *batch = routed_events(large, NULL);
    struct batch *cut = routed_events(huge, NULL);

    (void)state;
    assert_int_equal(batch->record_count, 1);
    assert_dead(batch, 0, "a batch of 32769 bytes, at most 32768");
    assert_value(&batch->records[0], large);
    assert_int_equal(cut->record_count, 1);
    assert_dead(cut, 0,
                "a batch of 2700000 bytes, at most 32768; only its first 900000 bytes are kept");
    assert_int_equal(cut->records[0].value_length, RECORD_VALUE_MAX);
    batch_free(batch);
    batch_free(cut);
    free(large);
    free(huge);
}

static void an_empty_batch_is_a_dead_letter(void **state)
{
    struct batch *empty = routed_events("", NULL);
    struct batch *line_ends = routed_events("\n\n\n", NULL);

    (void)state;
    assert_dead(empty, 0, "an empty payload");
    assert_int_equal(empty->records[0].value_length, 0);
    assert_dead(line_ends, 0, "an empty payload");
    batch_free(empty);
    batch_free(line_ends);
}

static void keeps_a_retained_batch_and_says_so(void **state)
{
    struct batch *batch = routed((struct mqtt_message){ .topic = TOPIC_OF_CART "events",
                                                        .payload = SALE(1),
                                                        .length = strlen(SALE(1)),
                                                        .retained = true });

    (void)state;
    assert_int_equal(batch->records[0].topic, WIRE_SALES);
    assert_true(batch->records[0].retained);
    assert_int_equal(batch->ack_seq, 1);
    batch_free(batch);
}

static void says_that_a_batch_is_of_a_former_outbox(void **state)
{
    (void)state;
    for (int former = 0; former < 2; former++) {
        struct batch *batch = routed((struct mqtt_message){ .topic = TOPIC_OF_CART "events",
                                                            .payload = SALE(1),
                                                            .length = strlen(SALE(1)),
                                                            .former = former == 1 });
        assert_int_equal(batch->records[0].former, former);
        batch_free(batch);
    }
}

static void routes_presence(void **state)
{
    static const struct {
        const char *leaf, *payload;
        const char *reason; /* NULL: kept */
    } cases[] = {
        { "state", "{\"state\":\"online\",\"ts_ms\":1}", NULL },
        { "state", "{\"state\":\"lost\",\"ts_ms\":1,\"counts\":[{\"day\":\"2026-09-06\"}]}", NULL },
        { "state", "{\"state\":\"asleep\",\"ts_ms\":1}", "state must be online, offline or lost" },
        { "state", "{\"ts_ms\":1}", "state is missing" },
        { "state", "{\"state\":\"online\"}", "ts_ms is missing" },
        { "state", "online", "not a JSON object" },
        { "heartbeat", "{\"ts_ms\":1,\"done\":[\"a\"]}", NULL },
        { "heartbeat", "{\"ts_ms\":1e999}", "a number that is not finite" },
        { "heartbeat", "{\"ts_ms\":-1}", "ts_ms must be from 0 to 9007199254740991" },
        { "heartbeat", "", "empty" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char topic[64], id[64];
        snprintf(topic, sizeof topic, TOPIC_OF_CART "%s", cases[i].leaf);
        snprintf(id, sizeof id, "BBCL23/%s/1790000000456", cases[i].leaf);
        struct batch *batch = routed((struct mqtt_message){
            .topic = topic, .payload = cases[i].payload, .length = strlen(cases[i].payload) });
        assert_int_equal(batch->record_count, 1);
        assert_int_equal(batch->ack_seq, 0);
        if (cases[i].reason != NULL) {
            assert_dead(batch, 0, cases[i].reason);
        } else {
            assert_int_equal(batch->records[0].topic, WIRE_PRESENCE);
            assert_string_equal(batch->records[0].type, cases[i].leaf);
            assert_string_equal(batch->records[0].id, id);
            assert_key(&batch->records[0], "BBCL23");
        }
        assert_value(&batch->records[0], cases[i].payload);
        batch_free(batch);
    }
}

static void ignores_a_state_that_was_cleared(void **state)
{
    struct batch *batch =
        routed((struct mqtt_message){ .topic = TOPIC_OF_CART "state", .payload = NULL });

    (void)state;
    assert_int_equal(batch->record_count, 0);
    batch_free(batch);
}

static void refuses_strange_topics(void **state)
{
    static const char *const topics[] = {
        "carrito/v1/BBCL23/sales",
        "carrito/v1/BBCL23",
        "carrito/v1/BBCL23/events/more",
        "carrito/v2/BBCL23/events",
        "carrito/v1//events",
        "carrito/v1/bbcl23/events",
        "carrito/v1/$X/events",
        "",
        "carrito/v1/ABCDEFGHIJKLMNOPQ/state",
    };

    (void)state;
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
        struct batch *batch = routed((struct mqtt_message){
            .topic = topics[i], .payload = SALE(1), .length = strlen(SALE(1)) });
        assert_int_equal(batch->record_count, 1);
        assert_int_equal(batch->records[0].topic, WIRE_DEAD_LETTERS);
        assert_int_equal(batch->ack_seq, 0);
        assert_value(&batch->records[0], SALE(1));
        batch_free(batch);
    }
}

/* Its queue may forget before Kafka has it what somebody else keeps, or what may be lost. */
static void says_who_keeps_it(void **state)
{
    static const struct {
        const char *topic, *correlation, *payload;
        enum keeper keeper;
    } cases[] = {
        { TOPIC_OF_CART "events", EPOCH ":1", SALE(1), KEPT_BY_SENDER },
        { TOPIC_OF_CART "events", EPOCH ":1", "broken", KEPT_BY_SENDER },
        { TOPIC_OF_CART "events", NULL, SALE(1), KEPT_IN_QUEUE },
        { TOPIC_OF_CART "events", EPOCH, SALE(1), KEPT_IN_QUEUE },
        { TOPIC_OF_CART "heartbeat", NULL, "{\"ts_ms\":1}", KEPT_BY_SENDER },
        { TOPIC_OF_CART "state", NULL, "{\"ts_ms\":1,\"state\":\"online\"}", KEPT_AS_STATE },
        { TOPIC_OF_CART "state", NULL, "{\"ts_ms\":1,\"state\":\"offline\",\"reason\":\"closed\"}",
          KEPT_AS_STATE },
        { TOPIC_OF_CART "state", NULL, "{\"ts_ms\":1,\"state\":\"offline\",\"reason\":\"former\"}",
          KEPT_IN_QUEUE },
        { TOPIC_OF_CART "state", NULL, "{\"ts_ms\":1,\"state\":\"asleep\"}", KEPT_IN_QUEUE },
        { "owntracks/BBCL23/phone", NULL, "{}", KEPT_IN_QUEUE },
        { TOPIC_OF_CART "unheard-of", NULL, "{}", KEPT_IN_QUEUE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct batch *batch = routed((struct mqtt_message){
            .topic = cases[i].topic,
            .payload = cases[i].payload,
            .length = strlen(cases[i].payload),
            .correlation = cases[i].correlation,
        });
        assert_int_equal(batch->keeper, cases[i].keeper);
        batch_free(batch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "each type of event goes to its topic, keyed, its bytes unchanged", routes_each_type,
          NULL, NULL, NULL },
        { "every good line of the corpus is kept", keeps_the_good_corpus, NULL, NULL, NULL },
        { "every bad line of the corpus is a dead letter, its neighbours are kept",
          refuses_the_bad_corpus_and_keeps_neighbours, NULL, NULL, NULL },
        { "the acknowledgement is the Correlation Data's, else the highest readable number",
          acknowledges, NULL, NULL, NULL },
        { "an acknowledgement never covers two epochs", acknowledges_one_epoch_only, NULL, NULL,
          NULL },
        { "another cart's event and another epoch's are refused", refuses_what_belongs_elsewhere,
          NULL, NULL, NULL },
        { "64 events are kept, 65 are one dead letter",
          keeps_a_full_batch_and_refuses_a_larger_whole, NULL, NULL, NULL },
        { "an oversize message is one dead letter, cut at what Kafka takes",
          refuses_an_oversize_message_whole, NULL, NULL, NULL },
        { "an empty batch is a dead letter", an_empty_batch_is_a_dead_letter, NULL, NULL, NULL },
        { "a former outbox's batch is marked", says_that_a_batch_is_of_a_former_outbox, NULL, NULL,
          NULL },
        { "a retained batch is kept and marked", keeps_a_retained_batch_and_says_so, NULL, NULL,
          NULL },
        { "states and heartbeats go to presence if they are readable", routes_presence, NULL, NULL,
          NULL },
        { "an empty state, a topic that was cleared, is ignored", ignores_a_state_that_was_cleared,
          NULL, NULL, NULL },
        { "who keeps a message until Kafka has it is known", says_who_keeps_it, NULL, NULL, NULL },
        { "messages on other topics are dead letters", refuses_strange_topics, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* route: whatever comes, each byte of it ends in a record or a dead letter with a reason, records
 * lie inside the batch, and only valid events of the topic's cart go on. Input: the topic, the
 * correlation data, the payload, each of the first two on a line of its own. */
#include "bridge/route.h"
#include "common/event.h"
#include "tests/fuzz/fuzz.h"

static void claim_inside(const struct batch *batch, const struct record *record)
{
    CLAIM(record->value_length == 0 ||
          (record->value >= batch->payload &&
           record->value + record->value_length <= batch->payload + batch->length));
    CLAIM(record->topic < WIRE_BRIDGE_WRITES);
    CLAIM((record->refused != NULL) == (record->topic == WIRE_DEAD_LETTERS));
}

/* It is told in both languages, at once or later. */
static void claim_reason(const struct json_reason *why)
{
    struct buffer text = { 0 };

    CLAIM(why->text[0] != '\0' && why->spanish[0] != '\0');
    json_reason_say(why->about, "", LANG_ES, &text);
    CLAIM(text.length > 0);
    buffer_free(&text);
}

static void claim_event(const struct batch *batch, const struct record *record)
{
    struct json_reason why;
    struct event event;

    CLAIM(record->topic != WIRE_PRESENCE);
    CLAIM(event_read(record->value, record->value_length, &event, &why));
    CLAIM(strcmp(event.cart, batch->cart) == 0);
}

static void claim_all(const struct batch *batch)
{
    size_t rejected = 0;

    CLAIM(batch->record_count <= batch->record_max);
    for (size_t i = 0; i < batch->record_count; i++) {
        const struct record *record = &batch->records[i];

        if (batch->kind != BATCH_OWNTRACKS || record->topic == WIRE_DEAD_LETTERS)
            claim_inside(batch, record);
        if (record->topic == WIRE_DEAD_LETTERS) {
            claim_reason(record->refused);
            rejected++;
        } else if (batch->kind == BATCH_EVENTS || batch->kind == BATCH_OWNTRACKS) {
            claim_event(batch, record);
        }
    }
    CLAIM(rejected == batch->rejected);
    /* Nothing vanishes: only an empty state clears a retained topic, and phones say much. */
    CLAIM(batch->record_count > 0 || batch->length == 0 || batch->kind == BATCH_OWNTRACKS);
    CLAIM(batch->ack_seq >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *topic = fuzz_line(&data, &size), *correlation = fuzz_line(&data, &size);
    struct mqtt_message message = {
        .topic = topic,
        .payload = size > 0 ? (const char *)data : NULL,
        .length = size,
        .qos = 1,
        .correlation = correlation[0] ? correlation : NULL,
    };
    struct batch *batch = batch_new("mqtt:", &message);

    route(batch);
    claim_all(batch);
    batch_free(batch);
    free(topic);
    free(correlation);
    return 0;
}

/* event_read: what it accepts is within the contract's limits, and written and read again it is the
 * same event. */
#include "common/event.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

static void claim_limits(const struct event *event)
{
    CLAIM(event->type < EVENT_TYPES);
    CLAIM(event->clock < CLOCK_SOURCES);
    CLAIM(cart_is_valid(event->cart));
    CLAIM(event->ts_ms >= 0 && event->ts_ms <= INTEGER_MAX);
    CLAIM(event->owntracks || (epoch_is_valid(event->epoch) && event->seq >= 1));
    CLAIM(event->type != EVENT_SALE || (event->quantity >= 1 && event->quantity <= QUANTITY_MAX));
    CLAIM(event->type != EVENT_SALE || event->receipt >= 1);
    CLAIM(utf8_code_points(event->client) <= CLIENT_CODE_POINTS_MAX);
    CLAIM(utf8_is_valid(event->client, strlen(event->client)));
    if (event->has_position)
        CLAIM(fabs(event->lat) <= 90 && fabs(event->lon) <= 180);
}

static void claim_same(const struct event *left, const struct event *right)
{
    CLAIM(left->type == right->type && left->clock == right->clock);
    CLAIM(strcmp(left->cart, right->cart) == 0 && strcmp(left->epoch, right->epoch) == 0);
    CLAIM(left->seq == right->seq && left->ts_ms == right->ts_ms);
    CLAIM(left->receipt == right->receipt && left->quantity == right->quantity);
    CLAIM(left->amount == right->amount && left->stock == right->stock);
    CLAIM(strcmp(left->client, right->client) == 0 && strcmp(left->order, right->order) == 0);
    CLAIM(left->has_position == right->has_position);
    if (left->has_position)
        CLAIM(left->lat == right->lat && left->lon == right->lon);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event event, again;
    struct json_reason why;
    struct buffer line = { 0 };

    if (!event_read((const char *)data, size, &event, &why)) {
        CLAIM(why.text[0] != '\0' && strlen(why.text) < sizeof why.text);
        return 0;
    }
    CLAIM(size <= EVENT_BYTES_MAX);
    claim_limits(&event);
    event_write(&event, &line);
    CLAIM(memchr(line.bytes, '\n', line.length) == NULL);
    /* Escapes may make the second form longer than an event may be; then there is no way back. */
    if (line.length <= EVENT_BYTES_MAX) {
        CLAIM(event_read(line.bytes, line.length, &again, &why));
        claim_same(&event, &again);
    }
    buffer_free(&line);
    return 0;
}

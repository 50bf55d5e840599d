/* One object per day. */
#include "agent/counts.h"

#include "common/day.h"

void counts_write(struct outbox *outbox, int64_t wall_ms, struct json_writer *json)
{
    int32_t today = day_of_ms(wall_ms);

    json_array_begin(json, "counts");
    for (int32_t day = today - 1; day <= today; day++) {
        char text[DAY_TEXT_SIZE];
        struct day_sums sums;
        outbox_day_sums(outbox, day, &sums);
        day_text(day, text);
        json_object_begin(json, NULL);
        json_text(json, "day", text);
        json_int(json, "sales", sums.sales);
        json_int(json, "quantity", sums.quantity);
        json_int(json, "amount", sums.amount);
        json_object_end(json);
    }
    json_array_end(json);
}

void counts_write_state(struct outbox *outbox, int64_t wall_ms, struct json_writer *json)
{
    counts_write(outbox, wall_ms, json);
    outbox_name_done_again(outbox);
}

static void write_id(void *owner, const char *id)
{
    json_text(owner, NULL, id);
}

void counts_write_done(struct outbox *outbox, struct json_writer *json)
{
    json_array_begin(json, "done");
    outbox_each_done(outbox, write_id, json);
    json_array_end(json);
}

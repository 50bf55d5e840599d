/* One object of sums, those of earlier outboxes in it, and a list of ids. */
#include "agent/counts.h"
#include "agent/outbox_earlier.h"

static void write_sums(const struct outbox_counts *counts, struct json_writer *json)
{
    json_int(json, "from", counts->from);
    json_int(json, "upto", counts->upto);
    json_int(json, "made", counts->made);
    json_int(json, "receipts", counts->receipts);
    json_int(json, "voided", counts->voided);
    json_int(json, "quantity", counts->quantity);
    json_int(json, "amount", counts->amount);
}

struct earlier {
    struct json_writer *json;
    int count;
};

static void write_earlier_one(void *owner, const struct outbox_file_counts *file)
{
    struct earlier *earlier = owner;

    if (earlier->count++ == 0)
        json_array_begin(earlier->json, "earlier");
    json_object_begin(earlier->json, NULL);
    json_text(earlier->json, "epoch", file->epoch);
    write_sums(&file->counts, earlier->json);
    json_object_end(earlier->json);
}

static void write_earlier(struct outbox *outbox, struct json_writer *json)
{
    struct earlier earlier = { .json = json };

    outbox_each_earlier(outbox, write_earlier_one, &earlier);
    if (earlier.count > 0)
        json_array_end(json);
}

/* True where the object is begun. */
static bool begin(struct outbox *outbox, struct json_writer *json)
{
    struct outbox_counts counts;

    if (!outbox_counts(outbox, outbox_head(outbox)->acked_seq, &counts))
        return false;
    json_object_begin(json, "counts");
    write_sums(&counts, json);
    return true;
}

void counts_write(struct outbox *outbox, struct json_writer *json)
{
    if (!begin(outbox, json))
        return;
    if (outbox_earlier_is_due(outbox))
        write_earlier(outbox, json);
    json_object_end(json);
}

void counts_write_state(struct outbox *outbox, struct json_writer *json)
{
    outbox_name_done_again(outbox);
    if (!begin(outbox, json))
        return;
    write_earlier(outbox, json);
    json_object_end(json);
}

/* Nothing of the card waits any more once the centre has the export. */
bool counts_write_export(const char *path, int64_t upto_seq, struct buffer *line)
{
    struct json_writer json = json_write_to(line);
    struct outbox_file_counts file;

    if (!outbox_file_counts(path, upto_seq, &file))
        return false;
    file.counts.made = file.counts.upto;
    json_object_begin(&json, NULL);
    json_object_begin(&json, "counts");
    json_text(&json, "epoch", file.epoch);
    write_sums(&file.counts, &json);
    json_object_end(&json);
    json_object_end(&json);
    return true;
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

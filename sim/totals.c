/* Two snapshots follow the totals: what waits to be acknowledged, and what was. */
#include "sim/totals.h"

void totals_sell(struct totals *totals, int64_t seq, int64_t quantity, int64_t amount)
{
    totals->made.upto = seq;
    totals->made.receipts++;
    totals->made.quantity += quantity;
    totals->made.amount += amount;
}

void totals_take_back(struct totals *totals, int64_t seq, int64_t quantity, int64_t amount)
{
    totals->made.upto = seq;
    totals->made.voided++;
    totals->made.quantity -= quantity;
    totals->made.amount -= amount;
}

static void follow(struct totals *totals, int64_t acked_seq)
{
    if (acked_seq < totals->waiting.upto)
        return;
    totals->acked = totals->waiting;
    totals->waiting = totals->made;
    if (acked_seq >= totals->made.upto)
        totals->acked = totals->made;
}

void totals_write(struct totals *totals, int64_t acked_seq, struct json_writer *json)
{
    follow(totals, acked_seq);
    json_object_begin(json, "counts");
    json_int(json, "from", 1);
    json_int(json, "upto", totals->acked.upto);
    json_int(json, "made", totals->made.upto);
    json_int(json, "receipts", totals->acked.receipts);
    json_int(json, "voided", totals->acked.voided);
    json_int(json, "quantity", totals->acked.quantity);
    json_int(json, "amount", totals->acked.amount);
    json_array_begin(json, "earlier");
    json_array_end(json);
    json_object_end(json);
}

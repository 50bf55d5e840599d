/* A short array of days: a run lasts minutes, or some weeks beside a console. */
#include "sim/truth.h"

#include "common/day.h"

#include <stdlib.h>

struct truth_day {
    int32_t day;
    int64_t quantity, amount, sales;
    int64_t anonymous;               /* sales without a client */
    uint32_t by_client[SIM_CLIENTS]; /* sales */
};

static struct truth_day *day_at(struct truth *truth, int32_t day)
{
    for (size_t i = truth->count; i-- > 0;)
        if (truth->days[i].day == day)
            return &truth->days[i];
    struct truth_day *days = realloc(truth->days, (truth->count + 1) * sizeof *days);
    if (!days)
        abort(); /* a few hundred bytes a day: the machine's end, not an input's */
    truth->days = days;
    days[truth->count] = (struct truth_day){ .day = day };
    return &days[truth->count++];
}

static void change(struct truth *truth, const struct truth_sale *sale, int sign)
{
    struct truth_day *day = day_at(truth, sale->day);
    day->quantity += sign * sale->quantity;
    day->amount += sign * sale->amount;
    day->sales += sign;
    if (sale->client == SIM_NO_CLIENT)
        day->anonymous += sign;
    else
        day->by_client[sale->client] += (uint32_t)sign;
}

void truth_add(struct truth *truth, const struct truth_sale *sale)
{
    change(truth, sale, 1);
}

void truth_take_out(struct truth *truth, const struct truth_sale *sale)
{
    change(truth, sale, -1);
}

static int64_t clients_of(const struct truth_day *day)
{
    int64_t clients = day->anonymous;
    for (int i = 0; i < SIM_CLIENTS; i++)
        clients += day->by_client[i] > 0;
    return clients;
}

static void write_sums(const struct truth_day *day, struct json_writer *json)
{
    json_int(json, "sales", day->sales);
    json_int(json, "quantity", day->quantity);
    json_int(json, "amount", day->amount);
}

void truth_write_rows(const struct truth *truth, const char *cart, struct json_writer *json)
{
    char text[DAY_TEXT_SIZE];
    for (size_t i = 0; i < truth->count; i++) {
        day_text(truth->days[i].day, text);
        json_object_begin(json, NULL);
        json_text(json, "day", text);
        json_text(json, "cart", cart);
        write_sums(&truth->days[i], json);
        json_int(json, "clients", clients_of(&truth->days[i]));
        json_object_end(json);
    }
}

void truth_free(struct truth *truth)
{
    free(truth->days);
    *truth = (struct truth){ 0 };
}

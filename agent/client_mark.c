/* Two members of a request. */
#include "agent/client_mark.h"

#include "common/clock.h"
#include "common/event.h"

void client_mark(struct json_writer *json)
{
    char id[EPOCH_LENGTH_MAX + 1];

    epoch_make(id); /* random, as an epoch is */
    json_text(json, "id", id);
    json_int(json, "until_boot_ms", clock_boot_ms() + CLIENT_ASK_S * 1000);
}

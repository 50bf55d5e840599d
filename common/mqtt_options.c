/* Which texts are copied stands in one table, so that keeping and freeing agree. */
#include "common/mqtt_options.h"

#include <stdlib.h>
#include <string.h>

static const size_t texts[] = {
    offsetof(struct mqtt_link_options, client_id), offsetof(struct mqtt_link_options, user),
    offsetof(struct mqtt_link_options, password),  offsetof(struct mqtt_link_options, cafile),
    offsetof(struct mqtt_link_options, certfile),  offsetof(struct mqtt_link_options, keyfile),
};
#define TEXTS (sizeof texts / sizeof *texts)

static char **text_at(struct mqtt_link_options *options, size_t index)
{
    return (char **)((char *)options + texts[index]);
}

static void free_will(const struct mqtt_publish *will)
{
    if (!will)
        return;
    free((char *)will->topic);
    free((void *)will->payload);
    free((void *)will);
}

static struct mqtt_publish *copy_of(const struct mqtt_publish *will)
{
    struct mqtt_publish *copy = malloc(sizeof *copy);
    char *topic = strdup(will->topic);
    void *payload = malloc(will->length + 1);
    if (copy == NULL || topic == NULL || payload == NULL)
        abort();
    memcpy(payload, will->payload, will->length);
    *copy = *will;
    copy->topic = topic;
    copy->payload = payload;
    return copy;
}

void mqtt_options_set_will(struct mqtt_link_options *kept, const struct mqtt_publish *will)
{
    struct mqtt_publish *copy = will ? copy_of(will) : NULL;
    free_will(kept->will);
    kept->will = copy;
}

void mqtt_options_keep(struct mqtt_link_options *kept, const struct mqtt_link_options *options)
{
    *kept = *options;
    for (size_t i = 0; i < TEXTS; i++) {
        char **text = text_at(kept, i);
        *text = *text ? strdup(*text) : NULL;
    }
    kept->will = NULL;
    mqtt_options_set_will(kept, options->will);
}

void mqtt_options_free(struct mqtt_link_options *kept)
{
    for (size_t i = 0; i < TEXTS; i++)
        free(*text_at(kept, i));
    free_will(kept->will);
    *kept = (struct mqtt_link_options){ 0 };
}

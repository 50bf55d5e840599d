/* A copy of a link's options that is the link's own: its texts and its will. For mqtt_link.c. */
#ifndef CARRITO_MQTT_OPTIONS_H
#define CARRITO_MQTT_OPTIONS_H

#include "common/mqtt_link.h"

/* Fills `kept` with copies of client_id, user, password, the files and the will. What is not copied
 * (identity, events, owner; `hosts`, which is read once) is the caller's as before. A text that
 * there is no memory for becomes NULL. */
void mqtt_options_keep(struct mqtt_link_options *kept, const struct mqtt_link_options *options);
/* Another will instead of the one that is kept; NULL, or no memory: none. */
void mqtt_options_set_will(struct mqtt_link_options *kept, const struct mqtt_publish *will);
/* Of what was kept; harmless for zeros. */
void mqtt_options_free(struct mqtt_link_options *kept);

#endif

/* What operators set of one cart (common/cart_setting.h), as a call says it and as the store has
 * it. In the caller's transaction; one thread. */
#ifndef CARRITO_COLLECTOR_CART_SETTINGS_H
#define CARRITO_COLLECTOR_CART_SETTINGS_H

#include "collector/store/store.h"
#include "common/cart_setting.h"
#include "common/json_read.h"
#include "common/json_write.h"

#include <stdbool.h>
#include <stdint.h>

/* What a body says of a cart's settings. What it does not name stays as it is; what is null is
 * taken back. */
struct cart_changes {
    struct cart_change {
        bool is_given;
        int64_t number;   /* negative: taken back, or a text */
        const char *text; /* NULL: taken back, or a number. Of the body */
    } of[CART_SETTINGS];
};

/* False where the body names none, or one that cannot be; `why` says which. */
bool cart_settings_read(const cJSON *body, struct cart_changes *changes, struct json_reason *why);
/* Writes them, and appends to `told` what was set, for the trail of acts: "threshold 3, note". */
void cart_settings_write(struct store *store, const char *cart, const struct cart_changes *changes,
                         struct buffer *told);
/* Each as a member of the open object. */
void cart_settings_show(struct store *store, const char *cart, struct json_writer *json);
/* The cart's own number, or `otherwise` where none is set. One look at the store: a role that needs
 * it for each record keeps it for its batch. */
int64_t cart_setting_number(struct store *store, const char *cart, enum cart_setting setting,
                            int64_t otherwise);

#endif

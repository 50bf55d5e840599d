/* The settings of a cart: rows of a name and a number or a text. */
#include "collector/carts/cart_settings.h"

#include "cart_settings_sql.h"

enum kind { COUNT, TEXT };

#define ROW(id, name, kind, limit, ...) [CART_SETTING_##id] = { name, kind, limit },

static const struct {
    const char *name;
    enum kind kind;
    int64_t limit;
} settings[CART_SETTINGS] = { CART_SETTING_TABLE(ROW) };

static bool read_one(const cJSON *body, enum cart_setting setting, struct cart_change *change,
                     struct json_reason *why)
{
    const char *name = settings[setting].name;
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(body, name);

    *change = (struct cart_change){ .is_given = value != NULL, .number = -1 };
    if (value == NULL || cJSON_IsNull(value))
        return true;
    if (settings[setting].kind == COUNT)
        return json_get_int(body, name, JSON_REQUIRED, 0, settings[setting].limit, &change->number,
                            why);
    return json_get_text(body, name, JSON_REQUIRED, 0, (size_t)settings[setting].limit,
                         &change->text, why);
}

bool cart_settings_read(const cJSON *body, struct cart_changes *changes, struct json_reason *why)
{
    bool any = false;

    for (enum cart_setting setting = 0; setting < CART_SETTINGS; setting++) {
        if (!read_one(body, setting, &changes->of[setting], why))
            return false;
        any = any || changes->of[setting].is_given;
    }
    return any || json_refuse(why, settings[0].name, SAY_REASON_MISSING(settings[0].name));
}

void cart_settings_write(struct store *store, const char *cart, const struct cart_changes *changes,
                         struct buffer *told)
{
    for (enum cart_setting setting = 0; setting < CART_SETTINGS; setting++) {
        const struct cart_change *change = &changes->of[setting];
        const char *name = settings[setting].name;

        if (!change->is_given)
            continue;
        if (change->number < 0 && change->text == NULL)
            store_run(store, SQL_CART_SETTING_DELETE, "tt", cart, name);
        else
            store_run(store, SQL_CART_SETTING_WRITE, "ttot", cart, name, change->number,
                      change->text);
        buffer_format(told, "%s%s", told->length > 0 ? ", " : "", name);
        if (change->number >= 0)
            buffer_format(told, " %lld", (long long)change->number);
    }
}

static void show_one(struct store_rows *rows, enum cart_setting setting, struct json_writer *json)
{
    const char *name = settings[setting].name;

    if (!store_next(rows))
        json_null(json, name);
    else if (settings[setting].kind == COUNT)
        json_int(json, name, store_int(rows, 0));
    else
        json_text(json, name, store_text(rows, 1));
    store_rows_end(rows);
}

void cart_settings_show(struct store *store, const char *cart, struct json_writer *json)
{
    for (enum cart_setting setting = 0; setting < CART_SETTINGS; setting++)
        show_one(store_query(store, SQL_CART_SETTING_READ, "tt", cart, settings[setting].name),
                 setting, json);
}

int64_t cart_setting_number(struct store *store, const char *cart, enum cart_setting setting,
                            int64_t otherwise)
{
    struct store_rows *rows =
        store_query(store, SQL_CART_SETTING_READ, "tt", cart, settings[setting].name);
    int64_t number = store_next(rows) ? store_int(rows, 0) : otherwise;

    store_rows_end(rows);
    return number;
}

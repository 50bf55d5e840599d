/* The table of roles, and lists of their names. */
#include "collector/engine/role.h"

#include <string.h>

static const struct role_calls *const roles[] = {
    &role_sales, &role_stock, &role_location, &role_members, &role_orders, &role_access,
};

/* Every role of the contract; those without an entry above are threads of another kind, or are
 * accepted and do nothing in this version. */
static const char *const names[] = { "sales",  "stock",  "location", "members",
                                     "orders", "access", "api",      "notify" };

const struct role_calls *role_at(size_t index)
{
    return index < sizeof roles / sizeof *roles ? roles[index] : NULL;
}

const struct role_calls *role_find(const char *name)
{
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(roles[i]->name, name) == 0)
            return roles[i];
    return NULL;
}

static bool is_known(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0)
            return true;
    return false;
}

bool role_list_is_valid(const char *list)
{
    for (;;) {
        size_t length = strcspn(list, ",");
        if (!is_known(list, length))
            return false;
        if (list[length] == '\0')
            return true;
        list += length + 1;
    }
}

bool role_list_has(const char *list, const char *name)
{
    for (;;) {
        size_t length = strcspn(list, ",");
        if (strlen(name) == length && strncmp(list, name, length) == 0)
            return true;
        if (list[length] == '\0')
            return false;
        list += length + 1;
    }
}

bool role_asked_watermark(const struct role_time *time)
{
    return time->watermark_ms > 0 || time->watermark_count > 0;
}

struct role_watermark role_watermark_of(const struct role_time *time, const char *topic,
                                        int32_t partition)
{
    for (size_t i = 0; i < time->watermark_count; i++)
        if (time->watermarks[i].partition == partition &&
            strcmp(time->watermarks[i].topic, topic) == 0)
            return time->watermarks[i];
    return (struct role_watermark){ topic, partition, 0, false };
}

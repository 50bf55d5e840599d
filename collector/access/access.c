/* Roles and verdicts. */
#include "collector/access/access.h"

#include "common/event.h"

#include <stddef.h>
#include <string.h>

static const struct {
    enum role role;
    const char *name;
} roles_by_name[ROLES_COUNT] = {
    { ROLE_VIEWER, "viewer" }, { ROLE_OPERATOR, "operator" }, { ROLE_ADMIN, "admin" },
    { ROLE_VENDOR, "vendor" }, { ROLE_TRACKER, "tracker" },
};

const char *role_name(enum role role)
{
    for (size_t i = 0; i < ROLES_COUNT; i++)
        if (roles_by_name[i].role == role)
            return roles_by_name[i].name;
    return "none";
}

enum role role_from_name(const char *name)
{
    for (size_t i = 0; i < ROLES_COUNT; i++)
        if (strcmp(roles_by_name[i].name, name) == 0)
            return roles_by_name[i].role;
    return ROLE_NONE;
}

enum access_verdict access_to_route(unsigned roles, const struct identity *who, const char *cart)
{
    if (roles == WHO_OPEN)
        return ACCESS_GRANTED;
    if (who->role == ROLE_NONE)
        return ACCESS_NEEDS_SIGN_IN;
    if ((roles & (unsigned)who->role) == 0)
        return ACCESS_FORBIDDEN;
    bool bound = who->role == ROLE_VENDOR && cart != NULL;
    if (bound && (who->cart[0] == '\0' || !cart_is_same(cart, who->cart)))
        return ACCESS_FORBIDDEN;
    return ACCESS_GRANTED;
}

enum sign_in_verdict access_decide(const struct sign_in *attempt, int64_t now_ms)
{
    if (attempt->blocked_until_ms > now_ms)
        return SIGN_IN_BLOCKED;
    return attempt->known && attempt->right ? SIGN_IN_GRANTED : SIGN_IN_REFUSED;
}

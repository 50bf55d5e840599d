/* Who may do what: roles, the verdict over a route, and the verdict over a sign-in.
 *
 * Pure decisions, and deny is the default: a role that a route does not name has no access. */
#ifndef CARRITO_COLLECTOR_ACCESS_H
#define CARRITO_COLLECTOR_ACCESS_H

#include "common/protocol.h"

#include <stdbool.h>
#include <stdint.h>

#define USER_NAME_MAX 64 /* bytes */

/* Bits, so that a route names its roles in one word. */
enum role {
    ROLE_NONE = 0,
    ROLE_VIEWER = 1 << 0,   /* reads */
    ROLE_OPERATOR = 1 << 1, /* reads and acts */
    ROLE_ADMIN = 1 << 2,    /* also manages users */
    ROLE_VENDOR = 1 << 3,   /* bound to a plate: its own cart only */
    ROLE_TRACKER = 1 << 4   /* a phone: publishes its position and nothing else */
};
#define ROLES_COUNT 5

/* Sets of roles for the route table. */
#define WHO_OPEN      0U /* everybody, without a token */
#define WHO_READS     (ROLE_VIEWER | ROLE_OPERATOR | ROLE_ADMIN)
#define WHO_ACTS      (ROLE_OPERATOR | ROLE_ADMIN)
#define WHO_ADMIN     ROLE_ADMIN
#define WHO_DESK      (WHO_ACTS | ROLE_VENDOR)  /* a vendor for its own cart */
#define WHO_READS_OWN (WHO_READS | ROLE_VENDOR) /* a vendor of its own cart */
#define WHO_SIGNED_IN (WHO_READS | ROLE_VENDOR | ROLE_TRACKER)

/* Who asks: what the token says. */
struct identity {
    enum role role; /* ROLE_NONE: nobody signed in */
    char name[USER_NAME_MAX + 1];
    char cart[CART_LENGTH_MAX + 1]; /* a vendor's plate; else "" */
    int64_t expires_ms;             /* wall clock; 0: never */
};

const char *role_name(enum role role);
/* ROLE_NONE where there is no such role. */
enum role role_from_name(const char *name);

enum access_verdict { ACCESS_GRANTED, ACCESS_NEEDS_SIGN_IN, ACCESS_FORBIDDEN };

/* May `who` use a route that is for `roles` (WHO_OPEN or a set)? `cart` is the plate in the
 * route's path, NULL where there is none: a vendor gets no further than to its own. */
enum access_verdict access_to_route(unsigned roles, const struct identity *who, const char *cart);

enum sign_in_verdict { SIGN_IN_GRANTED, SIGN_IN_REFUSED, SIGN_IN_BLOCKED };

/* What is known of an account when somebody signs in. */
struct sign_in {
    bool known;               /* there is such a user */
    bool right;               /* the password is right */
    int64_t blocked_until_ms; /* wall clock; 0: not blocked */
};

/* A block wins over the right password, and over whether the user exists. The rule that blocks an
 * account after too many attempts is in access_attempts.h. */
enum sign_in_verdict access_decide(const struct sign_in *attempt, int64_t now_ms);

#endif

/* Persons who were erased (contract, section 10), and how what comes of them later is met.
 *
 * A person is known by a key: an id, a mail address, the name that carts write down, a user's name.
 * Of who was erased the store remembers only a keyed hash of it, which is the pseudonym that stands
 * in its place as well; the secret of the hash is the store's own. So a late record, a rebuild from
 * Kafka or another site's records meet the same pseudonym again, and what was counted under it is
 * counted under it still. One thread each; calls block for the store. */
#ifndef CARRITO_COLLECTOR_ERASED_H
#define CARRITO_COLLECTOR_ERASED_H

#include "collector/store/store.h"
#include "common/client_name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PERSON_TEXT_MAX       256 /* bytes of a key: a client has 64 code points, an address 254 */
#define PERSON_PSEUDONYM_SIZE (CLIENT_PSEUDONYM_LENGTH + 1)

enum person_kind {
    PERSON_RUT,      /* 12345678-5 */
    PERSON_PASSPORT, /* in capitals */
    PERSON_MAIL,     /* in any case; it is kept in small letters */
    PERSON_CLIENT,   /* as carts say it, a name or a pseudonym of theirs */
    PERSON_USER,
    PERSON_KINDS
};

/* "rut", "passport", "mail", "client", "user". */
const char *person_kind_name(enum person_kind kind);

struct person_key {
    enum person_kind kind;
    char text[PERSON_TEXT_MAX + 1];
    char pseudonym[PERSON_PSEUDONYM_SIZE]; /* "": not made yet */
};

/* Makes the key of a text that is one of its kind, and its pseudonym: in the caller's transaction,
 * as the first one makes the store's secret. */
void person_key_make(struct store *store, enum person_kind kind, const char *text,
                     struct person_key *key);
/* Remembers that the person was erased, in the caller's transaction. */
void person_remember(struct store *store, const struct person_key *key, int64_t now_ms);

struct erased_person {
    char pseudonym[PERSON_PSEUDONYM_SIZE];
    int64_t erased_ms;
};

/* All of them, for who meets many texts. Zero-initialised it is empty and valid. */
struct erased {
    int64_t newest; /* number of the last one read */
    char secret[64];
    struct erased_person *persons; /* in the order of their pseudonyms */
    size_t count;
};

/* Reads those that came since; one look where there are none. In the transaction whose records are
 * met, after its fence: an erasure passes the same fence, so that it is before or after it. */
void erased_read(struct erased *erased, struct store *store);
/* Who was erased by this key; NULL: nobody. Costs nothing while nobody was erased at all. */
const struct erased_person *erased_find(const struct erased *erased, enum person_kind kind,
                                        const char *text);
void erased_free(struct erased *erased);

#endif

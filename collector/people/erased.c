/* The pseudonym is made as carts make theirs (client_name.h), of the kind and the text. */
#include "collector/people/erased.h"

#include "collector/base/tokens.h"

#include "people_sql.h"
#include "secrets_sql.h"

#include "common/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_NAME "people"

static const char *const kind_names[] = { [PERSON_RUT] = "rut",
                                          [PERSON_PASSPORT] = "passport",
                                          [PERSON_MAIL] = "mail",
                                          [PERSON_CLIENT] = "client",
                                          [PERSON_USER] = "user" };

const char *person_kind_name(enum person_kind kind)
{
    return kind_names[kind];
}

/* An address is the same in any case: of ASCII, as mail servers and the statements have it. Blanks
 * around a client's name do not count. */
static void normalise(enum person_kind kind, const char *text, char to[PERSON_TEXT_MAX + 1])
{
    static const char blanks[] = " \t";
    size_t end;

    text_put(to, PERSON_TEXT_MAX + 1, kind == PERSON_CLIENT ? text + strspn(text, blanks) : text);
    for (end = strlen(to); kind == PERSON_CLIENT && end > 0 && strchr(blanks, to[end - 1]); end--)
        to[end - 1] = '\0';
    for (char *at = to; kind == PERSON_MAIL && *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
}

static void make_pseudonym(const char *secret, enum person_kind kind, const char *text,
                           char pseudonym[PERSON_PSEUDONYM_SIZE])
{
    const struct client_names names = { CLIENTS_PSEUDONYM, secret };
    char normal[PERSON_TEXT_MAX + 1], said[PERSON_TEXT_MAX + 16];

    normalise(kind, text, normal);
    snprintf(said, sizeof said, "%s:%s", kind_names[kind], normal);
    client_name_apply(&names, said, sizeof said);
    memcpy(pseudonym, said, CLIENT_PSEUDONYM_LENGTH);
    pseudonym[CLIENT_PSEUDONYM_LENGTH] = '\0';
}

static void read_secret(struct store *store, char *secret, size_t size)
{
    struct store_rows *rows = store_query(store, SQL_SECRET_READ, "t", SECRET_NAME);

    text_put(secret, size, store_next(rows) ? store_text(rows, 0) : "");
    store_rows_end(rows);
}

void person_key_make(struct store *store, enum person_kind kind, const char *text,
                     struct person_key *key)
{
    char fresh[TOKEN_SIZE], secret[TOKEN_SIZE];

    *key = (struct person_key){ .kind = kind };
    normalise(kind, text, key->text);
    token_make(fresh);
    store_run(store, SQL_SECRET_TAKE, "tt", SECRET_NAME, fresh);
    read_secret(store, secret, sizeof secret);
    make_pseudonym(secret, kind, text, key->pseudonym);
}

void person_remember(struct store *store, const struct person_key *key, int64_t now_ms)
{
    store_run(store, SQL_PEOPLE_REMEMBER, "tti", key->pseudonym, kind_names[key->kind], now_ms);
}

static int compare(const void *left, const void *right)
{
    const struct erased_person *a = left, *b = right;

    return strcmp(a->pseudonym, b->pseudonym);
}

static bool is_current(const struct erased *erased, struct store *store)
{
    struct store_rows *rows = store_query(store, SQL_PEOPLE_NEWEST, "");
    bool current = !store_next(rows) || store_int(rows, 0) == erased->newest;

    store_rows_end(rows);
    return current;
}

/* One that is erased again has another time: all are read anew. */
void erased_read(struct erased *erased, struct store *store)
{
    if (is_current(erased, store))
        return;
    erased_free(erased);
    read_secret(store, erased->secret, sizeof erased->secret);
    struct store_rows *rows = store_query(store, SQL_PEOPLE_ERASED, "");
    while (store_next(rows)) {
        struct erased_person *more =
            realloc(erased->persons, (erased->count + 1) * sizeof *erased->persons);
        if (more == NULL)
            abort();
        erased->persons = more;
        struct erased_person *person = &more[erased->count++];
        text_put(person->pseudonym, sizeof person->pseudonym, store_text(rows, 0));
        person->erased_ms = store_int(rows, 1);
        if (store_int(rows, 2) > erased->newest)
            erased->newest = store_int(rows, 2);
    }
    store_rows_end(rows);
    qsort(erased->persons, erased->count, sizeof *erased->persons, compare);
}

const struct erased_person *erased_find(const struct erased *erased, enum person_kind kind,
                                        const char *text)
{
    struct erased_person sought = { .erased_ms = 0 };

    if (erased->count == 0 || text == NULL || text[0] == '\0')
        return NULL;
    make_pseudonym(erased->secret, kind, text, sought.pseudonym);
    return bsearch(&sought, erased->persons, erased->count, sizeof sought, compare);
}

void erased_free(struct erased *erased)
{
    free(erased->persons);
    *erased = (struct erased){ 0 };
}

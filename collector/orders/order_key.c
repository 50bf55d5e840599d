/* BLAKE2b with the store's secret as its key. */
#include "collector/orders/order_key.h"

#include "secrets_sql.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define SECRET_NAME "order-key"

enum store_result order_secret_take(struct store *store)
{
    unsigned char bytes[(ORDER_SECRET_SIZE - 1) / 2];
    struct order_secret secret;

    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(secret.text, sizeof secret.text, bytes, sizeof bytes);
    if (store_begin(store))
        store_run(store, SQL_SECRET_TAKE, "tt", SECRET_NAME, secret.text);
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(&secret, sizeof secret);
    return store_commit(store);
}

bool order_secret_read(struct store *store, struct order_secret *secret)
{
    struct store_rows *rows = store_query(store, SQL_SECRET_READ, "t", SECRET_NAME);
    bool found = store_next(rows);

    *secret = (struct order_secret){ 0 };
    if (found)
        snprintf(secret->text, sizeof secret->text, "%s", store_text(rows, 0));
    store_rows_end(rows);
    return found && store_status(store) == STORE_OK;
}

static void make(const struct order_secret *secret, const char *text, char made[ORDER_KEY_SIZE])
{
    unsigned char digest[(ORDER_KEY_SIZE - 1) / 2];

    crypto_generichash(digest, sizeof digest, (const unsigned char *)text, strlen(text),
                       (const unsigned char *)secret->text, ORDER_SECRET_SIZE - 1);
    sodium_bin2hex(made, ORDER_KEY_SIZE, digest, sizeof digest);
}

void order_key_make(const struct order_secret *secret, const char *id, char key[ORDER_KEY_SIZE])
{
    make(secret, id, key);
}

/* A key is made of an id, which has no braces: no form has the digest of one. */
void order_id_make(const struct order_secret *secret, const char *form, char id[ORDER_KEY_SIZE])
{
    assert(form[0] == '{');
    make(secret, form, id);
}

bool order_key_is(const struct order_secret *secret, const char *id, const char *said)
{
    char key[ORDER_KEY_SIZE];

    if (said == NULL || strlen(said) != ORDER_KEY_SIZE - 1)
        return false;
    order_key_make(secret, id, key);
    return sodium_memcmp(key, said, ORDER_KEY_SIZE - 1) == 0;
}

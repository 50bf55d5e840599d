/* Keys and the answers that are kept under them. */
#include "collector/call/idempotency.h"
#include "collector/base/hash.h"
#include "collector/base/tokens.h"

#include "idempotency_sql.h"

#include "common/buffer.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(IDEMPOTENCY_SEAL_SIZE == crypto_secretbox_KEYBYTES, "one key for each answer");

#define SEALED      1 /* first byte of an answer that is; releases before kept it as it was */
#define SEALED_HEAD (1 + crypto_secretbox_NONCEBYTES)
#define BODY_HASH   16
#define BODY_PIECE  65536
#define DROPPED_MAX 100 /* old answers that go with each new one: more than come */

static bool is_readable(const char *key)
{
    size_t length = 0;
    for (; key[length] != '\0'; length++)
        if (key[length] < ' ' || key[length] > '~' || length == IDEMPOTENCY_KEY_MAX)
            return false;
    return length > 0;
}

/* Tokens are not written anywhere, not even where only a hash of the text is kept. Who has none and
 * a key that nobody guesses is known by it alone: a phone's address changes on its way. */
static void add_caller(struct buffer *text, const struct request *request)
{
    char hash[TOKEN_HASH_SIZE];
    const char *token = request_bearer(request);
    bool is_alone = strlen(request->idempotency_key) >= IDEMPOTENCY_KEY_ALONE;
    if (token != NULL)
        token_hash(token, hash);
    buffer_text(text, token != NULL ? hash : is_alone ? "" : request->address);
}

/* Another hash of the same text than the row's id. */
static const char seal_use[] = "the answer under an idempotency key";

static void take_body(const struct request *request, struct idempotency *key)
{
    const char *bytes = request->body.bytes != NULL ? request->body.bytes : "";
    unsigned char digest[BODY_HASH];
    crypto_generichash(digest, sizeof digest, (const unsigned char *)bytes, request->body.length,
                       key->seal, sizeof key->seal);
    sodium_bin2hex(key->body, sizeof key->body, digest, sizeof digest);
    hash_text(bytes, request->body.length, key->former);
}

bool idempotency_read(const struct request *request, struct idempotency *key)
{
    struct buffer text = { 0 };
    *key = (struct idempotency){ 0 };
    if (request->idempotency_key == NULL)
        return true;
    if (!is_readable(request->idempotency_key))
        return false;
    buffer_text(&text, request->method);
    for (size_t i = 0; i < request->segment_count; i++)
        buffer_format(&text, "/%s", request->segments[i]);
    buffer_text(&text, "\n");
    add_caller(&text, request);
    buffer_format(&text, "\n%s", request->idempotency_key);
    hash_text(text.bytes, text.length, key->id);
    crypto_generichash(key->seal, sizeof key->seal, (const unsigned char *)text.bytes, text.length,
                       (const unsigned char *)seal_use, sizeof seal_use - 1);
    buffer_free(&text);
    if (request->file == NULL)
        take_body(request, key);
    return true;
}

bool idempotency_take_file(const struct request *request, struct idempotency *key)
{
    crypto_generichash_state state;
    unsigned char piece[BODY_PIECE], digest[BODY_HASH];
    size_t length;
    crypto_generichash_init(&state, key->seal, sizeof key->seal, sizeof digest);
    rewind(request->file);
    while ((length = fread(piece, 1, sizeof piece, request->file)) > 0)
        crypto_generichash_update(&state, piece, length);
    crypto_generichash_final(&state, digest, sizeof digest);
    sodium_bin2hex(key->body, sizeof key->body, digest, sizeof digest);
    return ferror(request->file) == 0;
}

static void seal(const struct idempotency *key, const struct buffer *answer, struct buffer *out)
{
    size_t size = SEALED_HEAD + crypto_secretbox_MACBYTES + answer->length;
    unsigned char *sealed = malloc(size);

    if (sealed == NULL)
        abort();
    sealed[0] = SEALED;
    randombytes_buf(sealed + 1, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(sealed + SEALED_HEAD, (const unsigned char *)answer->bytes,
                          answer->length, sealed + 1, key->seal);
    buffer_append(out, (const char *)sealed, size);
    free(sealed);
}

/* False where it was sealed with another key. */
static bool unseal(const struct idempotency *key, const char *kept, size_t length,
                   struct buffer *out)
{
    const unsigned char *sealed = (const unsigned char *)kept;

    if (length == 0 || sealed[0] != SEALED) {
        buffer_append(out, length > 0 ? kept : "", length);
        return true;
    }
    if (length < SEALED_HEAD + crypto_secretbox_MACBYTES)
        return false;
    size_t size = length - SEALED_HEAD - crypto_secretbox_MACBYTES;
    unsigned char *answer = malloc(size + 1);
    if (answer == NULL)
        abort();
    bool is_ours = crypto_secretbox_open_easy(answer, sealed + SEALED_HEAD, length - SEALED_HEAD,
                                              sealed + 1, key->seal) == 0;
    if (is_ours)
        buffer_append(out, (const char *)answer, size);
    free(answer);
    return is_ours;
}

static bool is_same_body(const char *kept, const struct idempotency *key)
{
    return strcmp(kept, key->body) == 0 || strcmp(kept, key->former) == 0;
}

enum idempotency_verdict idempotency_find(struct store *store, const struct idempotency *key,
                                          int64_t now_ms, struct response *response)
{
    enum idempotency_verdict verdict = IDEMPOTENCY_NEW;
    struct store_rows *rows = store_query(store, SQL_IDEMPOTENCY_FIND, "ti", key->id, now_ms);
    if (store_next(rows)) {
        size_t length;
        const char *answer = store_bytes(rows, 2, &length);
        verdict = IDEMPOTENCY_OTHER;
        struct buffer body = { 0 };
        if (is_same_body(store_text(rows, 0), key) && unseal(key, answer, length, &body)) {
            verdict = IDEMPOTENCY_REPEATED;
            response_clear(response);
            response->status = (int)store_int(rows, 1);
            response->content_type = body.length > 0 ? "application/json" : NULL;
            response->body = body;
        }
    }
    store_rows_end(rows);
    return verdict;
}

bool idempotency_keep(struct store *store, const struct idempotency *key, int64_t now_ms,
                      const struct response *response)
{
    store_run(store, SQL_IDEMPOTENCY_DROP, "ii", now_ms, (int64_t)DROPPED_MAX);
    struct buffer sealed = { 0 };
    seal(key, &response->body, &sealed);
    store_run(store, SQL_IDEMPOTENCY_KEEP, "ttibii", key->id, key->body, (int64_t)response->status,
              sealed.bytes, sealed.length, now_ms + IDEMPOTENCY_MS, now_ms);
    buffer_free(&sealed);
    return store_status(store) == STORE_OK && store_changed(store) == 1;
}

/* Keys and the answers that are kept under them. */
#include "collector/call/idempotency.h"
#include "collector/base/hash.h"
#include "collector/base/tokens.h"

#include "idempotency_sql.h"

#include "common/buffer.h"

#include <string.h>

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
    const struct buffer *body = &request->body;
    hash_text(body->bytes != NULL ? body->bytes : "", body->length, key->body);
    buffer_free(&text);
    return true;
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
        if (strcmp(store_text(rows, 0), key->body) == 0) {
            verdict = IDEMPOTENCY_REPEATED;
            response_clear(response);
            response->status = (int)store_int(rows, 1);
            response->content_type = "application/json";
            buffer_append(&response->body, length > 0 ? answer : "", length);
        }
    }
    store_rows_end(rows);
    return verdict;
}

bool idempotency_keep(struct store *store, const struct idempotency *key, int64_t now_ms,
                      const struct response *response)
{
    store_run(store, SQL_IDEMPOTENCY_DROP, "ii", now_ms, (int64_t)DROPPED_MAX);
    const char *answer = response->body.bytes != NULL ? response->body.bytes : "";
    store_run(store, SQL_IDEMPOTENCY_KEEP, "ttibii", key->id, key->body, (int64_t)response->status,
              answer, response->body.length, now_ms + IDEMPOTENCY_MS, now_ms);
    return store_status(store) == STORE_OK && store_changed(store) == 1;
}

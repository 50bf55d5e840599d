/* Reads the header, and remembers what a password was worth. */
#include "collector/call/basic.h"

#include "collector/access/users.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TEXT_MAX (USER_NAME_MAX + 1 + PASSWORD_MAX * 4)

struct remembered {
    char key[TOKEN_HASH_SIZE];
    char token[TOKEN_SIZE];
};

struct basic_tokens {
    pthread_mutex_t lock;
    struct remembered ring[BASIC_REMEMBERED_MAX];
    size_t next;
};

bool basic_read(const struct request *request, struct basic *basic)
{
    static const char scheme[] = "Basic ";
    const char *value = request->authorization;
    char text[TEXT_MAX + 1];
    size_t length;

    if (value == NULL || strncasecmp(value, scheme, sizeof scheme - 1) != 0)
        return false;
    value += sizeof scheme - 1;
    if (sodium_base642bin((unsigned char *)text, TEXT_MAX, value, strlen(value), NULL, &length,
                          NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
        memchr(text, '\0', length) != NULL)
        return false;
    text[length] = '\0';
    char *colon = strchr(text, ':');
    if (colon == NULL || colon == text || colon - text > USER_NAME_MAX ||
        strlen(colon + 1) >= sizeof basic->password)
        return false;
    token_hash(text, basic->key);
    *colon = '\0';
    if (user_name_has_control(text)) /* RFC 7617, 2 */
        return false;
    memcpy(basic->user, text, (size_t)(colon - text) + 1);
    memcpy(basic->password, colon + 1, strlen(colon + 1) + 1);
    return true;
}

struct basic_tokens *basic_tokens_open(void)
{
    struct basic_tokens *tokens = calloc(1, sizeof *tokens);

    if (tokens == NULL)
        abort();
    pthread_mutex_init(&tokens->lock, NULL);
    return tokens;
}

void basic_tokens_close(struct basic_tokens *tokens)
{
    if (tokens == NULL)
        return;
    pthread_mutex_destroy(&tokens->lock);
    free(tokens);
}

bool basic_tokens_find(struct basic_tokens *tokens, const struct basic *basic,
                       char token[TOKEN_SIZE])
{
    bool found = false;

    pthread_mutex_lock(&tokens->lock);
    for (size_t i = 0; i < BASIC_REMEMBERED_MAX && !found; i++) {
        found = strcmp(tokens->ring[i].key, basic->key) == 0;
        if (found)
            memcpy(token, tokens->ring[i].token, TOKEN_SIZE);
    }
    pthread_mutex_unlock(&tokens->lock);
    return found;
}

void basic_tokens_keep(struct basic_tokens *tokens, const struct basic *basic, const char *token)
{
    pthread_mutex_lock(&tokens->lock);
    struct remembered *row = &tokens->ring[tokens->next++ % BASIC_REMEMBERED_MAX];
    snprintf(row->key, sizeof row->key, "%s", basic->key);
    snprintf(row->token, sizeof row->token, "%s", token);
    pthread_mutex_unlock(&tokens->lock);
}

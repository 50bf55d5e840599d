/* Proves that what is signed is HMAC-SHA256: the vectors of RFC 4231. */
#include "collector/effects/hmac.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define REPEATED_MAX 131

static const struct {
    const char *key;
    size_t key_repeated; /* 0: the key as it stands; else its first byte so often */
    const char *data;
    size_t data_repeated;
    const char *digest;
} vectors[] = {
    { "\x0b", 20, "Hi There", 0,
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
    { "Jefe", 0, "what do ya want for nothing?", 0,
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { "\xaa", 20, "\xdd", 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
    { "\xaa", 131, "Test Using Larger Than Block-Size Key - Hash Key First", 0,
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
};

static size_t lay_out(const char *text, size_t repeated, char out[REPEATED_MAX])
{
    if (repeated > 0)
        memset(out, text[0], repeated);
    else
        memcpy(out, text, strlen(text));
    return repeated > 0 ? repeated : strlen(text);
}

static void the_vectors_of_rfc_4231(void **state)
{
    char key[REPEATED_MAX], data[REPEATED_MAX], text[HMAC_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct hmac_key own = { key, lay_out(vectors[i].key, vectors[i].key_repeated, key) };
        size_t length = lay_out(vectors[i].data, vectors[i].data_repeated, data);
        hmac_sha256(&own, data, length, text);
        assert_string_equal(text, vectors[i].digest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "the vectors of RFC 4231", the_vectors_of_rfc_4231, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

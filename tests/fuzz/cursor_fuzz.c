/* page_cursor_read: a cursor that is accepted has one meaning: written again and read it is the
 * same key, for every shape of key that a list has. */
#include "collector/http/page.h"
#include "tests/fuzz/fuzz.h"

static const char *const shapes[] = { "i", "t", "it", "ti", "tti", "itt", "tit" };

static void claim_way_back(const char *types, const struct page_key *key)
{
    struct page_key again = { 0 };
    struct buffer cursor = { 0 };

    page_cursor_write(&cursor, types, key);
    CLAIM(page_cursor_read(cursor.bytes, types, &again));
    for (size_t i = 0; types[i]; i++) {
        if (types[i] == 'i') {
            CLAIM(again.ints[i] == key->ints[i]);
        } else {
            CLAIM(strlen(key->texts[i]) <= PAGE_TEXT_MAX);
            CLAIM(strcmp(again.texts[i], key->texts[i]) == 0);
        }
    }
    buffer_free(&cursor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    int64_t number = 7;

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct page_key key = { 0 };

        if (page_cursor_read(text, shapes[i], &key))
            claim_way_back(shapes[i], &key);
    }
    if (page_number_read(text, 1, PAGE_LIMIT_MAX, &number) == PAGE_NUMBER_OK)
        CLAIM(number >= 1 && number <= PAGE_LIMIT_MAX);
    else
        CLAIM(number == 7);
    free(text);
    return 0;
}

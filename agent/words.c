/* The table of words. */
#include "agent/words.h"

#include <string.h>

#define WORD_TEXTS(name, es, en) [WORD_##name] = { es, en },

static const struct {
    const char *es, *en;
} table[WORDS] = { WORDS_TABLE(WORD_TEXTS) };

const char *words_get(const char *lang, enum word word)
{
    return strcmp(lang, "en") == 0 ? table[word].en : table[word].es;
}

const char *words_plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static const char *const reasons[WORDS] = {
    [WORD_QUANTITY] = "quantity",   [WORD_NO_RECEIPT] = "no-receipt",
    [WORD_DISK_FULL] = "disk-full", [WORD_DISK_BROKEN] = "disk-broken",
    [WORD_READ_ONLY] = "read-only", [WORD_OTHER_RELEASE] = "other-release",
    [WORD_TOO_LATE] = "too-late",   [WORD_NO_PLATE] = "no-plate",
};

const char *words_reason(enum word word)
{
    return reasons[word];
}

enum word words_of_reason(const char *reason)
{
    enum word word = 0;

    while (word < WORDS && (reasons[word] == NULL || strcmp(reasons[word], reason) != 0))
        word++;
    return word;
}

/* Feeds a fuzz target its corpus without a fuzzer: every file as it is, cut off at every byte, and
 * with bytes changed by a generator that always does the same. Usage: TARGET PATH...
 *
 * Each input is a block of its own of exactly its size, so that ASan sees a read past its end. */
#include "common/backoff.h"
#include "tests/fuzz/fuzz.h"

#include <ftw.h>

#define INPUT_BYTES_MAX  (1 << 20)
#define CUTS_BYTES_MAX   2048 /* longer files are cut only at this many places from their start */
#define CHANGES_PER_FILE 400
#define CHANGES_AT_ONCE  4
#define OPEN_FOLDERS_MAX 16

static void feed(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size > 0 ? size : 1);

    CLAIM(exact != NULL);
    memcpy(exact, bytes, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

/* Bytes that parsers stumble over, more often than chance would bring them. */
static uint8_t byte_of(uint64_t random)
{
    static const uint8_t hard[] = { 0,   '\n', '"', '\\', '{', '}', '[',  ']',  ',', ':', '-',
                                    '+', '.',  'e', '9',  '0', '#', 0x80, 0xC3, 255, '/', '%' };

    return random & 1 ? (uint8_t)(random >> 8) : hard[(random >> 8) % sizeof hard];
}

static void feed_changed(const uint8_t *bytes, size_t size, uint64_t *state)
{
    uint8_t *changed = malloc(size);
    uint64_t count = 1 + random_next(state) % CHANGES_AT_ONCE;

    CLAIM(changed != NULL);
    memcpy(changed, bytes, size);
    while (count-- > 0)
        changed[random_next(state) % size] = byte_of(random_next(state));
    feed(changed, size);
    free(changed);
}

static void feed_all_forms(const uint8_t *bytes, size_t size)
{
    uint64_t state = size;

    feed(bytes, size);
    for (size_t cut = 0; cut < size && cut < CUTS_BYTES_MAX; cut++)
        feed(bytes, cut);
    for (int i = 0; size > 0 && i < CHANGES_PER_FILE; i++)
        feed_changed(bytes, size, &state);
}

static int on_path(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    uint8_t *bytes;
    FILE *file;

    (void)status, (void)where;
    if (kind != FTW_F)
        return 0;
    printf("%s\n", path);
    fflush(stdout); /* the last name printed is the one that failed */
    file = fopen(path, "rb");
    bytes = malloc(INPUT_BYTES_MAX);
    CLAIM(file != NULL && bytes != NULL);
    feed_all_forms(bytes, fread(bytes, 1, INPUT_BYTES_MAX, file));
    free(bytes);
    fclose(file);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s PATH...\n", argv[0]);
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        if (nftw(argv[i], on_path, OPEN_FOLDERS_MAX, FTW_PHYS) != 0) {
            perror(argv[i]);
            return 1;
        }
    }
    return 0;
}

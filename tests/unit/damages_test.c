/* Proves, by random damages, that a row whose own bytes are untouched is never lost, that none is
 * invented, and that what is missing is named.
 *
 * 500 damages of any place and 100 of the head, times CARRITO_TEST_EXAMPLES. What fails says the
 * seed that repeats it alone. */
#include "damaged_outbox.h"

#include "agent/outbox_aside.h"
#include "agent/outbox_former.h"
#include "agent/salvage.h"
#include "common/day.h"

#define DAMAGES 500
#define HEADS   100 /* of these the head is damaged */
#define ACKED   100

struct found {
    const struct original *original;
    bool given[ROWS + 1], named[ROWS + 1];
    int64_t before;
    const char *wrong; /* the first thing that was */
};

static void blame(struct found *found, const char *wrong)
{
    if (found->wrong == NULL)
        found->wrong = wrong;
}

static bool take_row(void *owner, const char *bytes, size_t length)
{
    struct found *found = owner;
    int64_t seq = original_seq_of(bytes, length);

    if (seq < 1 || seq > ROWS || !original_has(found->original, seq, bytes, length)) {
        blame(found, "an event was invented");
        return false;
    }
    if (seq <= found->before)
        blame(found, "an event came twice, or out of its order");
    found->before = seq;
    found->given[seq] = true;
    return true;
}

static void take_hole(void *owner, int64_t first_seq, int64_t last_seq)
{
    struct found *found = owner;

    for (int64_t seq = first_seq; seq <= last_seq && seq <= ROWS; seq++)
        found->named[seq] = true;
}

/* What a torn end of the log takes with it is as if it had never been committed: that is what a
 * power cut leaves. All else that is missing is named. */
static void judge(struct found *found, const struct damage *damage,
                  const struct salvage_report *report)
{
    bool must_have[ROWS + 1] = { false };

    damage_spares(found->original, damage, must_have);
    for (int64_t seq = 1; seq <= ROWS; seq++) {
        bool outside = seq > report->last_seq && damage->in_log;
        if (must_have[seq] && !found->given[seq])
            blame(found, "an untouched event is lost");
        if (found->given[seq] && found->named[seq])
            blame(found, "an event was given out and is named as missing");
        if (!found->given[seq] && !report->damaged && !outside)
            blame(found, "a damage is not told");
        if (!found->given[seq] && !found->named[seq] && !outside && report->acked_seq >= 0)
            blame(found, "a missing event is not named");
        if (!found->given[seq] && !found->named[seq] && seq > report->first_seq &&
            seq < report->last_seq)
            blame(found, "an event that is missing between others is not named");
    }
}

static bool try_one(const struct original *original, const char *path, unsigned seed)
{
    static const struct salvage_calls calls = { take_row, take_hole };
    struct found found = { .original = original };
    struct salvage_report report;
    struct damage damage;

    damage_make(original, seed, &damage);
    damage_write(original, &damage, path);
    salvage_events(path, &calls, &found, &report);
    judge(&found, &damage, &report);
    if (found.wrong == NULL)
        return true;
    printf("%s: %s\nonce more: CARRITO_TEST_SEED=%u CARRITO_TEST_EXAMPLES=0 damages_test\n",
           damage.text, found.wrong, seed);
    return false;
}

static unsigned number_of(const char *variable, unsigned usual)
{
    const char *text = getenv(variable);

    return text != NULL && text[0] != '\0' ? (unsigned)strtoul(text, NULL, 10) : usual;
}

static void no_damage_costs_more_than_its_own(void **state)
{
    unsigned times = number_of("CARRITO_TEST_EXAMPLES", 1);
    unsigned seed = number_of("CARRITO_TEST_SEED", (unsigned)getpid() * 1000003u);
    struct original closed, live;

    original_make(*state, ORIGINAL_CLOSED, 0, &closed);
    original_make(*state, ORIGINAL_LIVE, 0, &live);
    for (unsigned i = 0; i < (times == 0 ? 1 : times * DAMAGES); i++, seed++)
        if (!try_one(seed % 2 == 0 ? &closed : &live, path_of(state), seed))
            fail();
    original_free(&closed);
    original_free(&live);
}

static void unlink_one(const char *path)
{
    unlink(path);
}

/* A bit of the head's own row, or of what stands beside it on its page. */
static void damage_head(const struct original *original, unsigned seed, struct damage *damage)
{
    const unsigned char *at =
        memmem(original->file, original->file_size, original->epoch, strlen(original->epoch));
    uint64_t random = (uint64_t)seed * 2654435761u;

    assert_non_null(at);
    size_t from = (size_t)(at - original->file) - 20 + draw(&random, 140);
    *damage = (struct damage){ .bit = (int)draw(&random, 8), .from = from, .to = from + 1 };
    snprintf(damage->text, sizeof damage->text, "the head, bit %d at %zu", damage->bit, from);
}

static int64_t rows_of(const char *path)
{
    struct outbox *former = outbox_open_former(path);
    int64_t rows = former != NULL ? outbox_count(former, 0, INT64_MAX) : 0;

    outbox_close(former);
    return rows;
}

/* What waits is in the outbox, or in a former one beside it: never less than was not acknowledged,
 * under no other plate, and no number is used again. */
static const char *judge_opened(const struct original *original, struct outbox *outbox,
                                const char *path)
{
    const struct outbox_head *head = outbox_head(outbox);
    char *formers[ASIDE_FILES_MAX];
    struct outbox_counts counts;
    int64_t waiting = 0;
    size_t count = outbox_aside_list(path, ASIDE_FORMER, formers);

    for (size_t i = 0; i < count; i++)
        waiting += rows_of(formers[i]);
    outbox_aside_free(formers, count);
    if (strcmp(head->cart, "BBCL23") != 0)
        return "it is another plate's";
    if (strcmp(head->epoch, original->epoch) != 0)
        return head->damaged && waiting < ROWS - ACKED ? "what waits is nowhere"
               : head->damaged                         ? NULL
                                                       : "the epoch changed in silence";
    if (head->acked_seq > ACKED)
        return "events count as acknowledged that are not";
    if (head->last_seq != ROWS || head->last_receipt != ROWS)
        return "numbers will be used again";
    if (outbox_counts(outbox, INT64_MAX, &counts) &&
        (counts.receipts != ROWS - counts.from + 1 || counts.quantity != counts.receipts))
        return "the totals are not those of its sales";
    return NULL;
}

static bool try_head(void **state, const struct original *original, unsigned seed)
{
    const char *path = path_of(state), *wrong = "no outbox can be opened";
    struct damage damage;

    damage_head(original, seed, &damage);
    damage_write(original, &damage, path);
    struct outbox *outbox = outbox_open(path, "BBCL23", NOON_MS);
    if (outbox != NULL)
        wrong = judge_opened(original, outbox, path);
    outbox_close(outbox);
    scratch_each(*state, "outbox.db", unlink_one);
    if (wrong == NULL)
        return true;
    printf("%s: %s\nonce more: CARRITO_TEST_SEED=%u CARRITO_TEST_EXAMPLES=0 damages_test\n",
           damage.text, wrong, seed);
    return false;
}

static void the_head_is_never_silently_wrong(void **state)
{
    unsigned times = number_of("CARRITO_TEST_EXAMPLES", 1);
    unsigned seed = number_of("CARRITO_TEST_SEED", (unsigned)getpid() * 1000003u);
    struct original closed;

    original_make(*state, ORIGINAL_CLOSED, ACKED, &closed);
    for (unsigned i = 0; i < (times == 0 ? 1 : times * HEADS); i++, seed++)
        if (!try_head(state, &closed, seed))
            fail();
    original_free(&closed);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("no damage costs more than its own", no_damage_costs_more_than_its_own),
        CLAIM("the head is never silently wrong", the_head_is_never_silently_wrong),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

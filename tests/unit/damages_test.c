/* Proves, by random damages, that a row whose own bytes are untouched is never lost, that none is
 * invented, and that what is missing is named.
 *
 * 500 damages, times CARRITO_TEST_EXAMPLES. What fails says the seed that repeats it alone. */
#include "damaged_outbox.h"

#include "agent/salvage.h"
#include "common/day.h"

#define DAMAGES 500

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

    original_make(*state, ORIGINAL_CLOSED, &closed);
    original_make(*state, ORIGINAL_LIVE, &live);
    for (unsigned i = 0; i < (times == 0 ? 1 : times * DAMAGES); i++, seed++)
        if (!try_one(seed % 2 == 0 ? &closed : &live, path_of(state), seed))
            fail();
    original_free(&closed);
    original_free(&live);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("no damage costs more than its own", no_damage_costs_more_than_its_own),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

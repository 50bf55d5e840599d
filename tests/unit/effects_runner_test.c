/* Claims about the runner of effects: a sender that holds holds up no other; what is with a peer
 * may come to an end before the runner does; and in a damaged store nothing is done any more, once
 * it was said. */
#include "collector/effects/effects.h"
#include "common/clock.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>

#include <cmocka.h>

#define WAIT_MS    5000
#define STEP_MS    5
#define QUIET_MS   1200 /* more than two rests of the runner */
#define NO_END_MS  3600000
#define TURNS_MANY 5

/* A sender of the test's: what it was called for. */
struct tally {
    atomic_int turns, settles, releases, closes;
    atomic_int in_hand; /* each settle ends one */
    atomic_bool holds;  /* its next turn lasts until this is over */
    atomic_bool is_held;
};

static int count_turn(void *state, struct store *store, const struct effect_time *time)
{
    struct tally *tally = state;

    (void)store;
    (void)time;
    while (atomic_load(&tally->holds)) {
        atomic_store(&tally->is_held, true);
        clock_pause_ms(STEP_MS);
    }
    atomic_fetch_add(&tally->turns, 1);
    return STEP_MS;
}

static void count_settle(void *state, struct store *store, const struct effect_time *time)
{
    struct tally *tally = state;

    (void)store;
    (void)time;
    atomic_fetch_add(&tally->settles, 1);
    atomic_fetch_sub(&tally->in_hand, 1);
}

static size_t count_in_hand(const void *state)
{
    return (size_t)atomic_load(&((const struct tally *)state)->in_hand);
}

static void count_release(void *state, struct store *store)
{
    (void)store;
    atomic_fetch_add(&((struct tally *)state)->releases, 1);
}

static void count_close(void *state)
{
    atomic_fetch_add(&((struct tally *)state)->closes, 1);
}

static const struct sender_calls first_calls = { .name = "first",
                                                 .wake = WAKE_EFFECTS,
                                                 .turn = count_turn,
                                                 .settle = count_settle,
                                                 .in_hand = count_in_hand,
                                                 .release = count_release,
                                                 .close = count_close };
static const struct sender_calls second_calls = { .name = "second",
                                                  .wake = WAKE_NOTIFY,
                                                  .turn = count_turn,
                                                  .settle = count_settle,
                                                  .in_hand = count_in_hand,
                                                  .release = count_release,
                                                  .close = count_close };

struct scene {
    struct scratch scratch;
    char url[600];
    struct wake *wake;
    struct tally first, second;
    struct effects *effects;
};

static int scene_open(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);

    if (scene == NULL)
        return -1;
    scratch_make(&scene->scratch);
    snprintf(scene->url, sizeof scene->url, "sqlite://%s", scene->scratch.path);
    scene->wake = wake_open();
    *state = scene;
    return 0;
}

static void start(struct scene *scene, int64_t last_words_ms)
{
    scene->effects = effects_start(&(struct effects_options){
        .store_url = scene->url,
        .wake = scene->wake,
        .last_words_ms = last_words_ms,
        .senders = { { &first_calls, &scene->first }, { &second_calls, &scene->second } },
        .sender_count = 2 });
}

static void end(struct scene *scene)
{
    atomic_store(&scene->first.holds, false);
    effects_stop(scene->effects);
    effects_join(scene->effects);
    scene->effects = NULL;
}

static int scene_close(void **state)
{
    struct scene *scene = *state;

    end(scene);
    wake_close(scene->wake);
    scratch_remove(&scene->scratch);
    free(scene);
    return 0;
}

static void wait_for(const atomic_int *count, int least)
{
    int64_t end_ms = clock_mono_ms() + WAIT_MS;

    while (atomic_load(count) < least && clock_mono_ms() < end_ms)
        clock_pause_ms(STEP_MS);
    assert_in_range(atomic_load(count), least, INT32_MAX);
}

static void wait_held(const struct tally *tally)
{
    int64_t end_ms = clock_mono_ms() + WAIT_MS;

    while (!atomic_load(&tally->is_held) && clock_mono_ms() < end_ms)
        clock_pause_ms(STEP_MS);
    assert_true(atomic_load(&tally->is_held));
}

static void a_sender_that_holds_holds_up_no_other(void **state)
{
    struct scene *scene = *state;

    atomic_store(&scene->first.holds, true);
    start(scene, 0);
    wait_held(&scene->first);
    wait_for(&scene->second.turns, atomic_load(&scene->second.turns) + TURNS_MANY);
    assert_int_equal(atomic_load(&scene->first.turns), 0);
}

static void at_its_end_it_waits_for_what_peers_have(void **state)
{
    struct scene *scene = *state;

    start(scene, 0);
    wait_for(&scene->first.turns, 1);
    wait_for(&scene->second.turns, 1);
    atomic_store(&scene->second.in_hand, 3);
    end(scene);
    assert_int_equal(atomic_load(&scene->first.settles), 0);
    assert_int_equal(atomic_load(&scene->second.settles), 3);
    assert_int_equal(atomic_load(&scene->first.releases), 1);
    assert_int_equal(atomic_load(&scene->second.releases), 1);
    assert_int_equal(atomic_load(&scene->second.closes), 1);
}

/* Neither a turn nor the end of one: what a peer has is not written down either. */
static void a_damaged_store_is_left_alone(void **state)
{
    struct scene *scene = *state;

    start(scene, 0);
    wait_for(&scene->first.turns, 1);
    wait_for(&scene->second.turns, 1);
    wake_tell_damage(scene->wake, "a page is not as it was");
    clock_pause_ms(QUIET_MS / 2); /* the turns that were under way */
    int first = atomic_load(&scene->first.turns), second = atomic_load(&scene->second.turns);
    atomic_store(&scene->second.in_hand, 3);
    clock_pause_ms(QUIET_MS);
    assert_int_equal(atomic_load(&scene->first.turns), first);
    assert_int_equal(atomic_load(&scene->second.turns), second);
    end(scene);
    assert_int_equal(atomic_load(&scene->second.settles), 0);
    assert_int_equal(atomic_load(&scene->second.releases), 0);
    assert_int_equal(atomic_load(&scene->second.closes), 1);
}

static void that_it_is_damaged_still_leaves(void **state)
{
    struct scene *scene = *state;

    start(scene, NO_END_MS);
    wake_tell_damage(scene->wake, "a page is not as it was");
    wait_for(&scene->first.turns, TURNS_MANY);
    wait_for(&scene->second.turns, TURNS_MANY);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, scene_open, scene_close, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM("a sender that holds holds up no other", a_sender_that_holds_holds_up_no_other),
        CLAIM("at its end it waits for what peers have", at_its_end_it_waits_for_what_peers_have),
        CLAIM("a damaged store is left alone", a_damaged_store_is_left_alone),
        CLAIM("that it is damaged still leaves", that_it_is_damaged_still_leaves),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}

/* Claims about what a stream's clients are told of the store: an event is said to be stored once
 * every place told up to it has been applied, not before, and once; what is told meanwhile waits
 * for the next question. */
#include "collector/api/stream_stored.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct world {
    struct stream_stored stored;
    int64_t next[2]; /* of partition 0 and 1: what the slowest role has not applied yet */
    int asked;
};

static int begin(void **state)
{
    static struct world world;

    world = (struct world){ 0 };
    *state = &world;
    return 0;
}

static bool is_applied(void *owner, const struct stream_place *place)
{
    struct world *world = owner;

    world->asked++;
    return place->offset < world->next[place->partition];
}

static void tell(struct world *world, int32_t partition, int64_t offset, int64_t id)
{
    stream_stored_note(&world->stored, &(struct stream_place){ "sales", partition, offset }, id);
}

static int64_t turn(struct world *world)
{
    return stream_stored_turn(&world->stored, is_applied, world);
}

static void nothing_told_asks_nothing(void **state)
{
    struct world *world = *state;

    assert_int_equal(turn(world), 0);
    assert_int_equal(world->asked, 0);
}

static void it_is_said_once_all_places_are_applied(void **state)
{
    struct world *world = *state;

    tell(world, 0, 7, 1);
    tell(world, 1, 3, 2);
    world->next[0] = 8;
    assert_int_equal(turn(world), 0);
    world->next[1] = 3;
    assert_int_equal(turn(world), 0);
    world->next[1] = 4;
    assert_int_equal(turn(world), 2);
    assert_int_equal(turn(world), 0);
}

static void the_last_of_a_partition_counts(void **state)
{
    struct world *world = *state;

    tell(world, 0, 7, 1);
    tell(world, 0, 9, 2);
    world->next[0] = 8;
    assert_int_equal(turn(world), 0);
    world->next[0] = 10;
    assert_int_equal(turn(world), 2);
    assert_int_equal(world->asked, 2);
}

static void what_comes_meanwhile_does_not_put_it_off(void **state)
{
    struct world *world = *state;

    tell(world, 0, 7, 1);
    assert_int_equal(turn(world), 0);
    tell(world, 0, 8, 2);
    world->next[0] = 8;
    assert_int_equal(turn(world), 1);
    assert_int_equal(turn(world), 0);
    world->next[0] = 9;
    assert_int_equal(turn(world), 2);
}

static void what_finds_no_room_is_forgotten(void **state)
{
    struct world *world = *state;

    for (int32_t partition = 0; partition < 2 * STREAM_STORED_PLACES; partition++)
        stream_stored_note(&world->stored, &(struct stream_place){ "sales", partition % 1024, -1 },
                           partition);
    assert_int_equal(world->stored.told.count, STREAM_STORED_PLACES);
}

#define CLAIM(TEXT, TEST)                                                                          \
    {                                                                                              \
        TEXT, TEST, begin, NULL, NULL                                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("nothing told asks nothing", nothing_told_asks_nothing),
        CLAIM("it is said once all places are applied", it_is_said_once_all_places_are_applied),
        CLAIM("the last of a partition counts", the_last_of_a_partition_counts),
        CLAIM("what comes meanwhile does not put it off", what_comes_meanwhile_does_not_put_it_off),
        CLAIM("what finds no room is forgotten", what_finds_no_room_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

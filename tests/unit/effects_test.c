/* Claims about effects: what must leave for Kafka does, of a key in order; one topic that takes
 * nothing holds up no other; and of two processes that meet at the same rows, neither leaves an old
 * word behind a new one. */
#include "collector/effects/effects.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/effects_scene.h"

#define IN_HAND_MAX 12000000          /* bytes */
#define DEAD_MS     (LEASE_MS + 1000) /* after that a process is followed */
#define SOON_MS     3000              /* on a machine that has much to do; the fault is 20 s */

static void what_is_owed_leaves_in_order_and_is_gone(void **state)
{
    struct scene *scene = *state;
    const struct process *a = &scene->a;

    enqueue_alert(scene, a, "x", "ACTIVE");
    enqueue_alert(scene, a, "y", "ACTIVE");
    enqueue_alert(scene, a, "x", "CLEARED");
    enqueue_alert(scene, a, "x", "CLEARED"); /* the same id */
    queue(scene, a,
          &(struct effect){ .id = "s",
                            .topic = "carrito.sales",
                            .value = "{}",
                            .value_length = 2,
                            .partition = 0 });
    send_all(scene, &scene->a);
    assert_log(scene, "carrito.alerts", "ACTIVE ACTIVE CLEARED");
    assert_log(scene, "carrito.sales", "{}");
    assert_int_equal(ask(scene->store, "SELECT COUNT(*) FROM effects WHERE lane = 'kafka' AND "
                                       "topic = 'carrito.sales'"),
                     0);
}

/* A rebuild decides it again. */
static void what_was_sent_may_be_owed_again(void **state)
{
    struct scene *scene = *state;

    for (int i = 0; i < 2; i++) {
        enqueue_alert(scene, &scene->a, "x", "ACTIVE");
        assert_int_equal(waiting(scene), 1);
        send_all(scene, &scene->a);
    }
    assert_log(scene, "carrito.alerts", "ACTIVE ACTIVE");
}

static void enqueue_command(struct scene *scene, const char *id, int64_t expires_ms)
{
    queue(scene, &scene->a,
          &(struct effect){ .lane = EFFECT_COMMAND,
                            .id = id,
                            .topic = "carrito.commands",
                            .key = "BBCL23",
                            .key_length = 6,
                            .value = id,
                            .value_length = strlen(id),
                            .partition = -1,
                            .expires_ms = expires_ms });
}

static void a_command_that_comes_too_late_is_not_sent(void **state)
{
    struct scene *scene = *state;

    enqueue_command(scene, "late", clock_wall_ms() - 1);
    enqueue_command(scene, "good", clock_wall_ms() + 60000);
    send_all(scene, &scene->a);
    assert_log(scene, "carrito.commands", "good");
}

static void enqueue_to(struct scene *scene, const char *topic, int number)
{
    char id[64];

    snprintf(id, sizeof id, "%s/%d", topic, number);
    queue(scene, &scene->a,
          &(struct effect){
              .id = id, .topic = topic, .value = "v", .value_length = 1, .partition = -1 });
}

static void refuse(struct scene *scene, const char *topic, rd_kafka_resp_err_t error)
{
    rd_kafka_mock_topic_set_error(scene->mock, topic, error);
}

static bool has_commands(struct scene *scene)
{
    return ask(scene->store, "SELECT COUNT(*) FROM effects WHERE lane = 'command'") > 0;
}

/* A command leaves soon after its writing, though 600 records wait, which are more than a
 * process has in hand at a time. */
static void assert_a_command_leaves(struct scene *scene, const char *id)
{
    int64_t begun_ms = clock_mono_ms();

    enqueue_command(scene, id, clock_wall_ms() + 60000);
    while (has_commands(scene) && clock_mono_ms() - begun_ms < PATIENCE_MS) {
        turn(scene, &scene->a);
        clock_pause_ms(2);
    }
    assert_in_range(clock_mono_ms() - begun_ms, 0, SOON_MS);
}

static void enqueue_many(struct scene *scene, const char *topic)
{
    for (int i = 0; i < 600; i++)
        enqueue_to(scene, topic, i);
}

static void a_topic_that_is_missing_holds_up_no_other(void **state)
{
    struct scene *scene = *state;

    enqueue_command(scene, "first", clock_wall_ms() + 60000);
    send_all(scene, &scene->a); /* the producer is there */
    refuse(scene, "carrito.gone", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
    enqueue_many(scene, "carrito.gone");
    assert_a_command_leaves(scene, "second");
    assert_int_equal(waiting(scene), 600);
    for (int i = 0; i < 1500; i += 10) { /* until it has been refused */
        turn(scene, &scene->a);
        clock_pause_ms(10);
    }
    assert_a_command_leaves(scene, "third");
    assert_int_equal(waiting(scene), 600);
    refuse(scene, "carrito.gone", RD_KAFKA_RESP_ERR_NO_ERROR);
    send_all(scene, &scene->a); /* and it comes back by itself */
}

static void a_topic_that_comes_to_refuse_holds_up_no_other(void **state)
{
    struct scene *scene = *state;

    enqueue_to(scene, "carrito.sales", 1000);
    send_all(scene, &scene->a); /* it takes all that there is */
    refuse(scene, "carrito.sales", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    enqueue_many(scene, "carrito.sales");
    turn(scene, &scene->a);
    assert_a_command_leaves(scene, "second");
    refuse(scene, "carrito.sales", RD_KAFKA_RESP_ERR_NO_ERROR);
    send_all(scene, &scene->a);
}

/* A record may have a megabyte. */
static void many_large_records_take_little_memory(void **state)
{
    struct scene *scene = *state;
    size_t length = 900000;
    char *value = calloc(1, length), id[16];

    enqueue_to(scene, "carrito.sales", 1000);
    enqueue_to(scene, "carrito.alerts", 1000);
    send_all(scene, &scene->a); /* they take all that there is */
    for (int i = 0; i < 100; i++) {
        snprintf(id, sizeof id, "%d", i);
        queue(scene, &scene->a,
              &(struct effect){ .id = id,
                                .topic = i % 2 == 0 ? "carrito.sales" : "carrito.alerts",
                                .value = value,
                                .value_length = length,
                                .partition = -1 });
    }
    free(value);
    struct effect_time time = time_of(&scene->a);
    keep(scene, &scene->a);
    for (int i = 0; i < 200; i++)
        kafka_lane_read(scene->a.lane, scene->store, &scene->a.queues, &time);
    kafka_lane_send(scene->a.lane, &scene->a.queues, &time);
    assert_in_range(kafka_lane_in_hand(scene->a.lane) * length, length, IN_HAND_MAX);
}

/* So that what is written meanwhile goes together, in one request. */
static void answers_are_waited_for(void **state)
{
    struct scene *scene = *state;
    struct effect_time time = time_of(&scene->a);

    keep(scene, &scene->a);
    for (int i = 0; i < 2; i++) { /* the first asks whether the topic takes anything */
        enqueue_alert(scene, &scene->a, i == 0 ? "x" : "y", "ACTIVE");
        read_and_send(scene, &scene->a);
        kafka_lane_take(scene->a.lane, PATIENCE_MS);
        kafka_lane_write(scene->a.lane, scene->store, &scene->a.queues, &time);
        assert_int_equal(kafka_lane_in_hand(scene->a.lane), 0);
    }
}

/* The process has read "raised" when it is stopped; another takes over, sends "raised" and
 * "cleared"; then the first goes on where it was. */
static void who_was_stopped_leaves_no_old_word_behind_a_new_one(void **state)
{
    struct scene *scene = *state;
    struct effect_time then = time_of(&scene->a);

    enqueue_alert(scene, &scene->a, "x", "ACTIVE");
    keep(scene, &scene->a);
    keep(scene, &scene->b); /* sees that a has its queue */
    kafka_lane_read(scene->a.lane, scene->store, &scene->a.queues, &then);
    enqueue_alert(scene, &scene->b, "x", "CLEARED");
    scene->b.ahead_ms = DEAD_MS;
    send_all(scene, &scene->b);
    kafka_lane_send(scene->a.lane, &scene->a.queues, &then);
    finish(scene, &scene->a);
    send_all(scene, &scene->b);
    assert_log(scene, "carrito.alerts", "ACTIVE CLEARED ACTIVE CLEARED");
}

/* One that notices in time sends nothing. */
static void who_was_stopped_for_long_begins_nothing(void **state)
{
    struct scene *scene = *state;
    struct effect_time then = time_of(&scene->a);

    enqueue_alert(scene, &scene->a, "x", "ACTIVE");
    keep(scene, &scene->a);
    kafka_lane_read(scene->a.lane, scene->store, &scene->a.queues, &then);
    scene->a.ahead_ms = LEASE_OWN_MS + 1;
    then = time_of(&scene->a);
    kafka_lane_send(scene->a.lane, &scene->a.queues, &then);
    assert_int_equal(kafka_lane_in_hand(scene->a.lane), 0);
}

/* Both read before either writes. */
static void send_pair(struct scene *scene)
{
    keep(scene, &scene->a);
    keep(scene, &scene->b);
    read_and_send(scene, &scene->a);
    read_and_send(scene, &scene->b);
    finish(scene, &scene->a);
    finish(scene, &scene->b);
}

static int count_log(const struct scene *scene, const char *topic)
{
    char text[256];
    int count = 0;

    read_topic_log(scene, topic, text, sizeof text);
    for (const char *at = text; *at != '\0'; at++)
        count += *at == ' ';
    return count + (text[0] != '\0');
}

static void two_processes_do_not_send_the_same(void **state)
{
    struct scene *scene = *state;

    enqueue_alert(scene, &scene->a, "u", "1");
    enqueue_alert(scene, &scene->b, "v", "2");
    send_pair(scene);
    enqueue_alert(scene, &scene->a, "x", "3");
    enqueue_alert(scene, &scene->b, "y", "4");
    send_pair(scene);
    assert_int_equal(waiting(scene), 0);
    assert_int_equal(count_log(scene, "carrito.alerts"), 4);
}

/* Its cart's partition went to another process between the two. */
static void what_another_process_owes_of_a_key_goes_first(void **state)
{
    struct scene *scene = *state;

    enqueue_alert(scene, &scene->a, "x", "ACTIVE");
    enqueue_alert(scene, &scene->b, "x", "CLEARED");
    keep(scene, &scene->a);
    for (int i = 0; i < 50; i++)
        turn(scene, &scene->b);
    assert_int_equal(waiting(scene), 2);
    while (ask(scene->store, "SELECT COUNT(*) FROM effects WHERE sent_ms IS NOT NULL") == 0) {
        turn(scene, &scene->a);
        clock_pause_ms(2);
    }
    send_all(scene, &scene->b);
    assert_log(scene, "carrito.alerts", "ACTIVE CLEARED");
}

/* kill -9 when Kafka has it and the store does not know. */
static void what_a_dead_process_had_in_hand_goes_again(void **state)
{
    struct scene *scene = *state;

    enqueue_alert(scene, &scene->a, "x", "ACTIVE");
    keep(scene, &scene->a);
    keep(scene, &scene->b);
    read_and_send(scene, &scene->a);
    char text[64] = "";
    for (int i = 0; i < 20 && text[0] == '\0'; i++)
        read_topic_log(scene, "carrito.alerts", text, sizeof text);
    assert_string_equal(text, "ACTIVE");
    process_close(&scene->a);
    process_open(scene, &scene->a);
    turn(scene, &scene->b);
    assert_int_equal(waiting(scene), 1); /* it may live */
    scene->b.ahead_ms = DEAD_MS;
    send_all(scene, &scene->b);
    assert_log(scene, "carrito.alerts", "ACTIVE ACTIVE");
    assert_int_equal(ask(scene->store, "SELECT COUNT(*) FROM effects"), 1);
}

static void a_stop_gives_the_queue_back(void **state)
{
    struct scene *scene = *state;

    enqueue_alert(scene, &scene->a, "x", "ACTIVE");
    keep(scene, &scene->a);
    effect_queues_release(&scene->a.queues, scene->store);
    send_all(scene, &scene->b); /* by the same clock */
    scene->b.ahead_ms = 1000;
    keep(scene, &scene->b);
    assert_int_equal(ask(scene->store, "SELECT COUNT(*) FROM leases"), 1); /* b's own */
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, scene_open, scene_close, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("what is owed leaves in order, and is gone",
              what_is_owed_leaves_in_order_and_is_gone),
        CLAIM("answers are waited for", answers_are_waited_for),
        CLAIM("what was sent may be owed again", what_was_sent_may_be_owed_again),
        CLAIM("a command that comes too late is not sent",
              a_command_that_comes_too_late_is_not_sent),
        CLAIM("a topic that is missing holds up no other",
              a_topic_that_is_missing_holds_up_no_other),
        CLAIM("a topic that comes to refuse holds up no other",
              a_topic_that_comes_to_refuse_holds_up_no_other),
        CLAIM("many large records take little memory", many_large_records_take_little_memory),
        CLAIM("who was stopped for long begins nothing", who_was_stopped_for_long_begins_nothing),
        CLAIM("two processes do not send the same", two_processes_do_not_send_the_same),
        CLAIM("what another process queues of a key goes first",
              what_another_process_owes_of_a_key_goes_first),
        CLAIM("what a dead process had in hand goes again",
              what_a_dead_process_had_in_hand_goes_again),
        CLAIM("a stop gives the queue back", a_stop_gives_the_queue_back),
        CLAIM("who was stopped leaves no old word behind a new one",
              who_was_stopped_leaves_no_old_word_behind_a_new_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

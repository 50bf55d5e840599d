/* Kafka's time and ends: one thread, one table under a lock. */
#include "collector/engine/watermark.h"
#include "collector/base/pulse.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/protocol.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SEND_MS     2000  /* between two records to a partition of carrito.time */
#define LOOK_MS     10000 /* between two looks at partitions and leaders, where nothing failed */
#define RELOOK_MS   500   /* and where something did */
#define TURN_MS     100   /* between two rounds of questions */
#define BACK_OFF_MS 2000  /* before a leader that did not answer is asked again */
#define RETRY_MS    500   /* after a client that could not be opened */
#define TOPICS_MAX  16    /* that roles follow; more are not answered (logged) */
#define STALE_MS    30000 /* without a delivery report: Kafka's time is not known */
#define TIME_INDEX  0     /* of carrito.time among the topics */

/* A log, as the table has it. */
struct entry {
    struct watermark_log log;
    int64_t question; /* as of which `end` is known; 0: not known */
    int64_t time_ms;  /* Kafka's time before that */
    int64_t rest_ms;  /* monotonic: its leader failed, and is not asked before */
};

struct watermark {
    struct watermark_options options;
    pthread_t thread;
    int wake_fd;
    atomic_bool stop;
    _Atomic int64_t time_ms;      /* Kafka's */
    _Atomic int64_t delivered_ms; /* monotonic: when a report of carrito.time last came */
    pthread_mutex_t lock;         /* of what follows */
    const char *names[TOPICS_MAX];
    int32_t partitions[TOPICS_MAX];
    size_t name_count;
    bool is_followed; /* a topic is new since the last look */
    struct entry *entries;
    size_t entry_count;
    int64_t asked, answered; /* numbers of questions */
    /* The thread's own. */
    void *source;
    int64_t send_ms, look_ms, turn_ms, began_ms; /* monotonic */
};

static void saw(struct watermark *watermark, int64_t append_ms)
{
    int64_t known_ms = atomic_load(&watermark->time_ms);

    while (append_ms > known_ms &&
           !atomic_compare_exchange_weak(&watermark->time_ms, &known_ms, append_ms))
        ;
}

static void on_delivered(void *owner, int64_t append_ms)
{
    struct watermark *watermark = owner;

    atomic_store(&watermark->delivered_ms, clock_mono_ms());
    saw(watermark, append_ms);
}

static void wake(struct watermark *watermark)
{
    uint64_t one = 1;

    /* It fails only where it is awake as often as can be counted. */
    if (write(watermark->wake_fd, &one, sizeof one) < 0)
        return;
}

/* ---- what the brokers have ---- */

static struct entry *find(struct watermark *watermark, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < watermark->entry_count; i++)
        if (watermark->entries[i].log.partition == partition &&
            strcmp(watermark->entries[i].log.topic, topic) == 0)
            return &watermark->entries[i];
    return NULL;
}

/* The log's entry in the new table: with what is known of it, as long as its leader is the same. */
static struct entry entry_of(struct watermark *watermark, const struct watermark_topic *topic,
                             int32_t partition)
{
    const struct entry *known = find(watermark, topic->name, partition);
    int32_t leader = topic->leaders[partition];

    if (known != NULL && known->log.leader == leader)
        return *known;
    return (struct entry){ .log = { topic->name, partition, leader, -1 } };
}

/* Puts a new table in the place of the old: partitions that are gone are forgotten. */
static void take_look(struct watermark *watermark, const struct watermark_topic *topics,
                      size_t count)
{
    size_t total = 0;

    pthread_mutex_lock(&watermark->lock);
    for (size_t i = 0; i < count; i++)
        total += (size_t)topics[i].partitions;
    struct entry *entries = calloc(total + 1, sizeof *entries), *entry = entries;
    if (entries == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        watermark->partitions[i] = topics[i].partitions;
        for (int32_t partition = 0; i != TIME_INDEX && partition < topics[i].partitions;
             partition++)
            *entry++ = entry_of(watermark, &topics[i], partition);
    }
    free(watermark->entries);
    watermark->entries = entries;
    watermark->entry_count = (size_t)(entry - entries);
    pthread_mutex_unlock(&watermark->lock);
}

/* All topics that roles follow by now. */
static bool look(struct watermark *watermark)
{
    struct watermark_topic topics[TOPICS_MAX] = { 0 };

    pthread_mutex_lock(&watermark->lock);
    size_t count = watermark->name_count;
    for (size_t i = 0; i < count; i++)
        topics[i].name = watermark->names[i];
    watermark->is_followed = false;
    pthread_mutex_unlock(&watermark->lock);
    bool known = watermark->options.source->look(watermark->source, topics, count);
    if (known)
        take_look(watermark, topics, count);
    for (size_t i = 0; i < count; i++)
        free(topics[i].leaders);
    return known;
}

static bool is_followed(struct watermark *watermark)
{
    pthread_mutex_lock(&watermark->lock);
    bool followed = watermark->is_followed;
    pthread_mutex_unlock(&watermark->lock);
    return followed;
}

/* Looks again where that is due; soon, where there is a topic that nobody has made yet. */
static void look_if_due(struct watermark *watermark, int64_t mono_ms)
{
    if (mono_ms < watermark->look_ms && !is_followed(watermark))
        return;
    bool known = look(watermark);
    pthread_mutex_lock(&watermark->lock);
    for (size_t i = 0; i < watermark->name_count; i++)
        known &= watermark->partitions[i] > 0;
    pthread_mutex_unlock(&watermark->lock);
    watermark->look_ms = clock_mono_ms() + (known ? LOOK_MS : RELOOK_MS);
}

/* ---- a round of questions ---- */

enum round { ROUND_GOOD, ROUND_FAILED };

struct round_state {
    enum round round;
    int64_t question, time_ms;
    struct watermark_log *logs; /* room for all */
    bool *done;                 /* by entry */
};

/* A leader is asked in the first round, and after a failure in the second and not before its
 * rest is over: what waits for it holds up no other. */
static bool is_of_round(const struct entry *entry, const struct round_state *state, int64_t mono_ms)
{
    return entry->log.leader >= 0 &&
           (state->round == ROUND_GOOD ? entry->rest_ms == 0
                                       : entry->rest_ms > 0 && entry->rest_ms <= mono_ms);
}

/* All logs of the next leader that was not asked yet; 0: there is none. */
static size_t gather(struct watermark *watermark, struct round_state *state)
{
    int64_t mono_ms = clock_mono_ms();
    int32_t leader = -1;
    size_t count = 0;

    for (size_t i = 0; i < watermark->entry_count; i++) {
        const struct entry *entry = &watermark->entries[i];
        if (state->done[i] || !is_of_round(entry, state, mono_ms) ||
            (leader >= 0 && entry->log.leader != leader))
            continue;
        leader = entry->log.leader;
        state->done[i] = true;
        state->logs[count] = entry->log;
        state->logs[count++].end = -1;
    }
    return count;
}

static void take_ends(struct watermark *watermark, const struct round_state *state, size_t count)
{
    pthread_mutex_lock(&watermark->lock);
    for (size_t i = 0; i < count; i++) {
        const struct watermark_log *log = &state->logs[i];
        struct entry *entry = find(watermark, log->topic, log->partition);
        assert(entry != NULL); /* only look() takes them away, on this thread */
        if (log->end >= 0) {
            entry->log.end = log->end;
            entry->question = state->question;
            entry->time_ms = state->time_ms;
            entry->rest_ms = 0;
            continue;
        }
        entry->rest_ms = clock_mono_ms() + BACK_OFF_MS;
        watermark->look_ms = 0; /* it may have another leader by now */
    }
    pthread_mutex_unlock(&watermark->lock);
}

static void ask_leaders(struct watermark *watermark, struct round_state *state)
{
    size_t count;

    while (!atomic_load(&watermark->stop) && (count = gather(watermark, state)) > 0) {
        watermark->options.source->ends(watermark->source, state->logs, count);
        take_ends(watermark, state, count);
        pulse_beat();
    }
}

/* The table is only read and written here but for its answers; so gather() needs no lock. */
static void answer(struct watermark *watermark)
{
    struct round_state state = { .time_ms = atomic_load(&watermark->time_ms) };

    pthread_mutex_lock(&watermark->lock);
    state.question = watermark->asked;
    pthread_mutex_unlock(&watermark->lock);
    state.logs = calloc(watermark->entry_count + 1, sizeof *state.logs);
    state.done = calloc(watermark->entry_count + 1, sizeof *state.done);
    if (state.logs == NULL || state.done == NULL)
        abort();
    ask_leaders(watermark, &state);
    pthread_mutex_lock(&watermark->lock);
    watermark->answered = state.question;
    pthread_mutex_unlock(&watermark->lock);
    state.round = ROUND_FAILED;
    ask_leaders(watermark, &state);
    free(state.logs);
    free(state.done);
}

/* ---- the thread ---- */

static bool is_asked(struct watermark *watermark)
{
    pthread_mutex_lock(&watermark->lock);
    bool asked = watermark->asked > watermark->answered;
    pthread_mutex_unlock(&watermark->lock);
    return asked;
}

static void send_if_due(struct watermark *watermark, int64_t mono_ms)
{
    if (mono_ms < watermark->send_ms)
        return;
    watermark->send_ms = mono_ms + SEND_MS;
    pthread_mutex_lock(&watermark->lock);
    int32_t partitions = watermark->partitions[TIME_INDEX];
    pthread_mutex_unlock(&watermark->lock);
    watermark->options.source->send_time(watermark->source, partitions);
}

/* Until there is something to do, or one of our times has come. */
static void rest(struct watermark *watermark)
{
    struct pollfd woken = { .fd = watermark->wake_fd, .events = POLLIN };
    int64_t now_ms = clock_mono_ms(), until_ms = watermark->send_ms;
    uint64_t count;

    if (watermark->look_ms < until_ms)
        until_ms = watermark->look_ms;
    /* The turn after the last one: who asks meanwhile asks together. */
    if (is_asked(watermark) && watermark->turn_ms < until_ms)
        until_ms = watermark->turn_ms;
    if (until_ms > now_ms && poll(&woken, 1, (int)(until_ms - now_ms)) > 0 &&
        read(watermark->wake_fd, &count, sizeof count) < 0)
        clock_pause_ms(1);
}

static void turn(struct watermark *watermark)
{
    int64_t mono_ms = clock_mono_ms();

    watermark->options.source->serve(watermark->source);
    look_if_due(watermark, mono_ms);
    send_if_due(watermark, mono_ms);
    if (!is_asked(watermark) || mono_ms < watermark->turn_ms)
        return;
    answer(watermark);
    watermark->turn_ms = clock_mono_ms() + TURN_MS;
}

static void *run(void *argument)
{
    struct watermark *watermark = argument;
    const struct watermark_source_calls *source = watermark->options.source;

    pulse_begin("watermark");
    while (!atomic_load(&watermark->stop) &&
           (watermark->source = source->open(&watermark->options.kafka)) == NULL) {
        clock_pause_ms(RETRY_MS);
        pulse_beat();
    }
    for (; !atomic_load(&watermark->stop); pulse_beat()) {
        turn(watermark);
        rest(watermark);
    }
    if (watermark->source != NULL)
        source->close(watermark->source);
    return NULL;
}

struct watermark *watermark_start(const struct watermark_options *options)
{
    struct watermark *watermark = calloc(1, sizeof *watermark);

    if (watermark == NULL)
        abort();
    watermark->options = *options;
    watermark->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    watermark->options.kafka.wake_fd = watermark->wake_fd;
    watermark->options.kafka.saw = on_delivered;
    watermark->options.kafka.owner = watermark;
    watermark->names[TIME_INDEX] = TOPIC_TIME;
    watermark->name_count = 1;
    watermark->began_ms = clock_mono_ms();
    pthread_mutex_init(&watermark->lock, NULL);
    if (watermark->wake_fd < 0 || pthread_create(&watermark->thread, NULL, run, watermark) != 0)
        abort();
    return watermark;
}

void watermark_stop(struct watermark *watermark)
{
    if (watermark == NULL)
        return;
    atomic_store(&watermark->stop, true);
    wake(watermark);
}

void watermark_join(struct watermark *watermark)
{
    if (watermark == NULL)
        return;
    pthread_join(watermark->thread, NULL);
    pthread_mutex_destroy(&watermark->lock);
    close(watermark->wake_fd);
    free(watermark->entries);
    free(watermark);
}

/* ---- for the roles ---- */

static size_t index_of(const struct watermark *watermark, const char *topic)
{
    size_t i = 0;

    while (i < watermark->name_count && strcmp(watermark->names[i], topic) != 0)
        i++;
    return i;
}

void watermark_follow(struct watermark *watermark, const char *topic)
{
    if (watermark == NULL)
        return;
    pthread_mutex_lock(&watermark->lock);
    bool is_new = index_of(watermark, topic) == watermark->name_count;
    bool has_room = watermark->name_count < TOPICS_MAX;
    if (is_new && has_room)
        watermark->names[watermark->name_count++] = topic;
    watermark->is_followed |= is_new;
    pthread_mutex_unlock(&watermark->lock);
    if (is_new && !has_room)
        log_error("watermark", "too many topics", "topic=%s max=%d", topic, TOPICS_MAX);
    wake(watermark);
}

void watermark_saw(struct watermark *watermark, int64_t append_ms)
{
    if (watermark != NULL)
        saw(watermark, append_ms);
}

int64_t watermark_time_ms(struct watermark *watermark)
{
    return watermark != NULL ? atomic_load(&watermark->time_ms) : 0;
}

int64_t watermark_ask(struct watermark *watermark)
{
    if (watermark == NULL)
        return 1;
    pthread_mutex_lock(&watermark->lock);
    int64_t question = ++watermark->asked;
    pthread_mutex_unlock(&watermark->lock);
    wake(watermark);
    return question;
}

bool watermark_is_answered(struct watermark *watermark, int64_t question)
{
    if (watermark == NULL)
        return true;
    pthread_mutex_lock(&watermark->lock);
    bool answered = watermark->answered >= question;
    pthread_mutex_unlock(&watermark->lock);
    return answered;
}

bool watermark_end_of(struct watermark *watermark, int64_t question,
                      const struct watermark_log *log, struct watermark_end *end)
{
    if (watermark == NULL)
        return false;
    pthread_mutex_lock(&watermark->lock);
    const struct entry *entry = find(watermark, log->topic, log->partition);
    bool known = entry != NULL && entry->question >= question && entry->time_ms > 0;
    if (known)
        *end = (struct watermark_end){ entry->log.end, entry->time_ms };
    pthread_mutex_unlock(&watermark->lock);
    return known;
}

int32_t watermark_partitions(struct watermark *watermark, const char *topic)
{
    if (watermark == NULL)
        return 0;
    pthread_mutex_lock(&watermark->lock);
    size_t index = index_of(watermark, topic);
    int32_t partitions = index < watermark->name_count ? watermark->partitions[index] : 0;
    pthread_mutex_unlock(&watermark->lock);
    return partitions;
}

bool watermark_waits(struct watermark *watermark, char *text, size_t size)
{
    if (watermark == NULL)
        return false;
    int64_t delivered_ms = atomic_load(&watermark->delivered_ms);
    int64_t since_ms = delivered_ms > 0 ? delivered_ms : watermark->began_ms;
    if (clock_mono_ms() - since_ms < STALE_MS)
        return false;
    snprintf(text, size,
             watermark_partitions(watermark, TOPIC_TIME) > 0
                 ? "Kafka's time is not known: no record to " TOPIC_TIME
                   " was given a time by Kafka"
                 : "Kafka's time is not known: the topic " TOPIC_TIME
                   " is missing; carrito-collector --create-topics makes it");
    return true;
}

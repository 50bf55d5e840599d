/* The ring, its readers, and the thread that fills it. */
#include "collector/api/stream.h"
#include "collector/api/kafka_tail.h"
#include "collector/api/stream_event.h"
#include "collector/base/pulse.h"

#include "common/clock.h"
#include "common/event.h"
#include "common/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RING_EVENTS    4096
#define RING_BYTES_MAX (8 * 1024 * 1024)
#define READ_BYTES_MAX 65536 /* what a client gets at once */
#define WINDOW_MS      250   /* positions are gathered for so long: at most 4 arrays a second */
/* A long array is not sent to all clients at once: each client has its own moment in a span of
 * SPREAD_MS, SPREAD_STEP_MS after that of the client before it, and from the beginning again. */
#define SPREAD_MS         200
#define SPREAD_STEP_MS    77
#define WINDOW_EVENTS_MAX 200 /* sales and levels in a window; more are one `reset` */
#define POSITIONS_BYTES   (256 * 1024)
/* What is sent to all at once: a text of at most so many bytes, while a window has at most so many
 * sales, levels and orders. */
#define URGENT_BYTES_MAX  4096
#define URGENT_EVENTS_MAX 8
#define BEAT_MS           15000 /* comments that show a client, and its proxy, that we are there */
#define ROLES_MS          1000
#define IDLE_MS           60000 /* without a client, Kafka is read no longer than this */
#define STORED_MS         100   /* between two questions to the store what it has */
#define POLL_MS           50
#define TURN_MS           10  /* while clients wait for their moment */
#define SETTLE_MS         500 /* from the topics found until their ends are */
#define ID_SIZE           64

struct entry {
    char *text;
    size_t length;
    unsigned readers; /* the roles that hear it */
};

struct telling { /* what is to be an entry */
    const char *name, *data;
    size_t length;
    unsigned readers;
};

struct stream_client {
    struct stream *stream;
    struct stream_waiting waiting;
    struct stream_client *previous, *next;
    int64_t cursor; /* the id that it gets next */
    int64_t expires_ms, spoken_ms;
    enum role role;
    int64_t moment_ms; /* how long after the others it gets what is told in turn */
    int64_t wake_ms;   /* monotonic: when it reads again, though nothing else happened */
    bool is_new, reset, suspended;
};

struct stream {
    struct stream_options options;
    pthread_t thread;
    atomic_bool stop;
    pthread_mutex_t lock; /* over what follows, up to the thread's own */
    struct entry ring[RING_EVENTS];
    size_t bytes;
    int64_t oldest, next; /* ids in the ring: [oldest, next) */
    char name[9];         /* of this ring: another one's ids mean nothing here */
    struct stream_client *clients;
    int client_count;
    int64_t joined; /* clients, ever */
    bool ended;
    /* The thread's own. */
    struct kafka_tail *tail;
    struct buffer positions, roles, roles_before;
    int64_t window_ms, roles_ms, busy_ms; /* monotonic */
    int64_t spread_ms;                    /* monotonic: since when clients get something in turn */
    int window_events;
    bool overflowed;
    struct stream_stored stored;
    int64_t stored_ms; /* monotonic: when it is next asked what is stored */
    int64_t whole_ms;  /* since when every topic is followed; 0: not yet, or clients were told */
    bool was_whole;
};

static struct entry *entry_of(struct stream *stream, int64_t id)
{
    return &stream->ring[id % RING_EVENTS];
}

static void drop_oldest(struct stream *stream)
{
    struct entry *entry = entry_of(stream, stream->oldest++);

    stream->bytes -= entry->length;
    free(entry->text);
    *entry = (struct entry){ 0 };
}

/* Another ring: what clients have of the one before cannot be continued. */
static void begin_ring(struct stream *stream)
{
    char epoch[EPOCH_LENGTH_MAX + 1];

    while (stream->oldest < stream->next)
        drop_oldest(stream);
    epoch_make(epoch);
    memcpy(stream->name, epoch, sizeof stream->name - 1);
    stream->oldest = stream->next = 1;
    for (struct stream_client *client = stream->clients; client != NULL; client = client->next) {
        client->reset = !client->is_new;
        client->cursor = stream->next;
    }
}

static void wake(struct stream_client *client)
{
    if (!client->suspended)
        return;
    client->suspended = false;
    client->waiting.resume(client->waiting.owner);
}

static void wake_all(struct stream *stream)
{
    for (struct stream_client *client = stream->clients; client != NULL; client = client->next)
        wake(client);
}

/* To write to two hundred clients at once would hold up whoever asks something meanwhile. */
static void wake_in_turn(struct stream *stream)
{
    int64_t mono_ms = clock_mono_ms();

    stream->spread_ms = mono_ms;
    for (struct stream_client *client = stream->clients; client != NULL; client = client->next)
        if (client->wake_ms > mono_ms + client->moment_ms)
            client->wake_ms = mono_ms + client->moment_ms;
}

static void publish_to(struct stream *stream, const struct telling *telling)
{
    struct buffer text = { 0 };

    pthread_mutex_lock(&stream->lock);
    buffer_format(&text, ": %lld\nid: %s-%lld\nevent: %s\ndata: ", (long long)clock_wall_ms(),
                  stream->name, (long long)stream->next, telling->name);
    buffer_append(&text, telling->data, telling->length);
    buffer_append(&text, "\n\n", 2);
    while (stream->next - stream->oldest >= RING_EVENTS ||
           (stream->oldest < stream->next && stream->bytes + text.length > RING_BYTES_MAX))
        drop_oldest(stream);
    *entry_of(stream, stream->next++) = (struct entry){ text.bytes, text.length, telling->readers };
    stream->bytes += text.length;
    if (telling->length > URGENT_BYTES_MAX || stream->window_events > URGENT_EVENTS_MAX)
        wake_in_turn(stream);
    else
        wake_all(stream);
    pthread_mutex_unlock(&stream->lock);
}

static void publish(struct stream *stream, const char *name, const char *data, size_t length)
{
    publish_to(stream, &(struct telling){ name, data, length, WHO_READS });
}

/* True where it said something, or a `reset` will. */
static bool publish_some(struct stream *stream, const char *name, const struct buffer *words,
                         unsigned readers)
{
    if (words->length == 0)
        return false;
    if (++stream->window_events > WINDOW_EVENTS_MAX)
        stream->overflowed = true;
    else
        publish_to(stream, &(struct telling){ name, words->bytes, words->length, readers });
    return true;
}

/* The topic's name as it lasts. */
static const char *topic_of(const struct kafka_record *record)
{
    size_t i = 0;

    while (strcmp(stream_topics[i], record->topic) != 0)
        i++;
    return stream_topics[i];
}

static void gather_position(struct stream *stream, const struct buffer *position)
{
    struct buffer *all = &stream->positions;

    if (position->length == 0 || all->length + position->length > POSITIONS_BYTES)
        return;
    buffer_append(all, all->length == 0 ? "[" : ",", 1);
    buffer_append(all, position->bytes, position->length);
}

static void take_record(struct stream *stream, const struct kafka_record *record)
{
    struct stream_words words = { 0 };

    stream_words_of(record, &words);
    bool told = publish_some(stream, "sale", &words.sale, words.readers);
    told |= publish_some(stream, "stock", &words.stock, words.readers);
    struct telling alert = { "alert", words.alert.bytes, words.alert.length, words.readers };
    if (alert.length > 0)
        publish_to(stream, &alert);
    told |= publish_some(stream, "order", &words.order, words.readers);
    if (told || words.alert.length > 0)
        stream_stored_note(
            &stream->stored,
            &(struct stream_place){ topic_of(record), record->partition, record->offset },
            stream->next - 1);
    gather_position(stream, &words.position);
    stream_words_free(&words);
}

static void close_window(struct stream *stream, int64_t mono_ms)
{
    if (mono_ms < stream->window_ms + WINDOW_MS)
        return;
    stream->window_ms = mono_ms;
    if (stream->positions.length > 0) {
        buffer_append(&stream->positions, "]", 1);
        publish(stream, "position", stream->positions.bytes, stream->positions.length);
    }
    if (stream->overflowed)
        publish(stream, "reset", "{}", 2);
    buffer_clear(&stream->positions);
    stream->overflowed = false;
    stream->window_events = 0;
}

static void tell_stored(struct stream *stream, int64_t mono_ms)
{
    char text[ID_SIZE + 16];

    if (stream->options.is_applied == NULL || mono_ms < stream->stored_ms + STORED_MS)
        return;
    stream->stored_ms = mono_ms;
    int64_t id =
        stream_stored_turn(&stream->stored, stream->options.is_applied, stream->options.owner);
    if (id == 0)
        return;
    int length = snprintf(text, sizeof text, "{\"id\":\"%s-%lld\"}", stream->name, (long long)id);
    publish(stream, "stored", text, (size_t)length);
}

static void tell_roles(struct stream *stream, int64_t mono_ms)
{
    struct buffer before = stream->roles_before;

    if (stream->options.roles == NULL || mono_ms < stream->roles_ms + ROLES_MS)
        return;
    stream->roles_ms = mono_ms;
    buffer_clear(&stream->roles);
    stream->options.roles(stream->options.owner, &stream->roles);
    if (stream->roles.length == before.length &&
        (before.length == 0 || memcmp(stream->roles.bytes, before.bytes, before.length) == 0))
        return;
    publish(stream, "consumer", stream->roles.bytes, stream->roles.length);
    stream->roles_before = stream->roles;
    stream->roles = before;
}

/* Lets those read again to whom nothing was said for long; ends count as something to say. */
static void look_after_clients(struct stream *stream, int64_t mono_ms)
{
    pthread_mutex_lock(&stream->lock);
    for (struct stream_client *client = stream->clients; client != NULL; client = client->next)
        if (mono_ms >= client->wake_ms || stream->ended)
            wake(client);
    if (stream->client_count > 0)
        stream->busy_ms = mono_ms;
    pthread_mutex_unlock(&stream->lock);
}

/* What happened while the topics' ends were looked up is in no event: clients ask again. */
static void tell_beginning(struct stream *stream, int64_t mono_ms)
{
    bool whole = kafka_tail_is_whole(stream->tail);

    if (whole && !stream->was_whole)
        stream->whole_ms = mono_ms;
    stream->was_whole = whole;
    if (stream->whole_ms == 0 || mono_ms < stream->whole_ms + SETTLE_MS)
        return;
    stream->whole_ms = 0;
    publish(stream, "reset", "{}", 2);
}

/* Kafka is read only while somebody listens, or did a moment ago. */
static void keep_tail(struct stream *stream, int64_t mono_ms)
{
    bool wanted = mono_ms < stream->busy_ms + IDLE_MS;

    if (wanted && stream->tail == NULL) {
        pthread_mutex_lock(&stream->lock);
        begin_ring(stream);
        pthread_mutex_unlock(&stream->lock);
        stream->tail =
            kafka_tail_open(stream->options.brokers, stream->options.pairs, stream_topics);
    } else if (!wanted && stream->tail != NULL) {
        kafka_tail_close(stream->tail);
        stream->tail = NULL;
        stream->stored = (struct stream_stored){ 0 };
        stream->was_whole = false;
        stream->whole_ms = 0;
    }
}

static void *run(void *argument)
{
    struct stream *stream = argument;

    pulse_begin("stream");
    for (; !atomic_load(&stream->stop); pulse_beat()) {
        struct kafka_record record;
        int64_t mono_ms = clock_mono_ms();
        look_after_clients(stream, mono_ms);
        keep_tail(stream, mono_ms);
        if (stream->tail == NULL) {
            clock_pause_ms(POLL_MS);
            continue;
        }
        int wait_ms = mono_ms < stream->spread_ms + SPREAD_MS ? TURN_MS : POLL_MS;
        if (kafka_tail_poll(stream->tail, wait_ms, &record)) {
            take_record(stream, &record);
            kafka_in_release(&record);
        }
        tell_beginning(stream, mono_ms);
        close_window(stream, mono_ms);
        tell_roles(stream, mono_ms);
        tell_stored(stream, mono_ms);
    }
    kafka_tail_close(stream->tail);
    return NULL;
}

struct stream *stream_open(const struct stream_options *options)
{
    struct stream *stream = calloc(1, sizeof *stream);

    if (stream == NULL)
        abort();
    stream->options = *options;
    stream->busy_ms = clock_mono_ms() - IDLE_MS;
    pthread_mutex_init(&stream->lock, NULL);
    begin_ring(stream);
    if (pthread_create(&stream->thread, NULL, run, stream) != 0)
        abort();
    return stream;
}

void stream_end(struct stream *stream)
{
    if (stream == NULL)
        return;
    pthread_mutex_lock(&stream->lock);
    stream->ended = true;
    pthread_mutex_unlock(&stream->lock);
    look_after_clients(stream, clock_mono_ms());
}

void stream_close(struct stream *stream)
{
    if (stream == NULL)
        return;
    atomic_store(&stream->stop, true);
    pthread_join(stream->thread, NULL);
    while (stream->oldest < stream->next)
        drop_oldest(stream);
    buffer_free(&stream->positions);
    buffer_free(&stream->roles);
    buffer_free(&stream->roles_before);
    pthread_mutex_destroy(&stream->lock);
    free(stream);
}

/* The place after `last_id`; -1 where this ring does not have it. */
static int64_t place_after(const struct stream *stream, const char *last_id)
{
    size_t name = strlen(stream->name);
    char *end;

    if (strncmp(last_id, stream->name, name) != 0 || last_id[name] != '-')
        return -1;
    long long id = strtoll(last_id + name + 1, &end, 10);
    if (*end != '\0' || id + 1 < stream->oldest || id + 1 > stream->next)
        return -1;
    return id + 1;
}

struct stream_client *stream_join(struct stream *stream, const struct stream_listener *listener,
                                  const struct stream_waiting *waiting)
{
    struct stream_client *client = calloc(1, sizeof *client);

    if (client == NULL)
        abort();
    pthread_mutex_lock(&stream->lock);
    if (stream->client_count == STREAM_CLIENTS_MAX || stream->ended) {
        pthread_mutex_unlock(&stream->lock);
        free(client);
        return NULL;
    }
    int64_t place =
        listener->last_id != NULL ? place_after(stream, listener->last_id) : stream->next;
    *client = (struct stream_client){ .stream = stream,
                                      .waiting = *waiting,
                                      .next = stream->clients,
                                      .cursor = place >= 0 ? place : stream->next,
                                      .expires_ms = listener->expires_ms,
                                      .role = listener->role,
                                      .spoken_ms = clock_mono_ms(),
                                      .moment_ms = stream->joined++ * SPREAD_STEP_MS % SPREAD_MS,
                                      .is_new = true,
                                      .reset = place < 0 };
    if (stream->clients != NULL)
        stream->clients->previous = client;
    stream->clients = client;
    stream->client_count++;
    pthread_mutex_unlock(&stream->lock);
    return client;
}

/* What a connection begins with: how soon to come back, and where it stands. */
static void greet(struct stream_client *client, struct buffer *out)
{
    const struct stream *stream = client->stream;

    if (client->is_new)
        buffer_format(out, ": %lld\nretry: 2000\nid: %s-%lld\n\n", (long long)clock_wall_ms(),
                      stream->name, (long long)client->cursor - 1);
    if (client->reset)
        buffer_format(out, "id: %s-%lld\nevent: reset\ndata: {}\n\n", stream->name,
                      (long long)client->cursor - 1);
    client->is_new = client->reset = false;
}

static enum response_piece read_locked(struct stream_client *client, struct buffer *out)
{
    struct stream *stream = client->stream;
    int64_t mono_ms = clock_mono_ms();

    if (stream->ended || clock_wall_ms() >= client->expires_ms)
        return RESPONSE_END;
    if (client->cursor < stream->oldest)
        return RESPONSE_BROKEN; /* too slow */
    greet(client, out);
    while (client->cursor < stream->next && out->length < READ_BYTES_MAX) {
        const struct entry *entry = entry_of(stream, client->cursor++);
        if ((entry->readers & (unsigned)client->role) != 0)
            buffer_append(out, entry->text, entry->length);
    }
    if (out->length == 0 && mono_ms >= client->spoken_ms + BEAT_MS)
        buffer_format(out, ": %lld\n\n", (long long)clock_wall_ms());
    if (out->length > 0) {
        client->spoken_ms = mono_ms;
        return RESPONSE_MORE;
    }
    client->wake_ms = client->spoken_ms + BEAT_MS;
    client->suspended = true;
    client->waiting.suspend(client->waiting.owner);
    return RESPONSE_WAIT;
}

enum response_piece stream_read(void *owner, struct buffer *out)
{
    struct stream_client *client = owner;

    pthread_mutex_lock(&client->stream->lock);
    enum response_piece piece = read_locked(client, out);
    pthread_mutex_unlock(&client->stream->lock);
    return piece;
}

void stream_leave(void *owner)
{
    struct stream_client *client = owner;
    struct stream *stream = client->stream;

    pthread_mutex_lock(&stream->lock);
    if (client->previous != NULL)
        client->previous->next = client->next;
    else
        stream->clients = client->next;
    if (client->next != NULL)
        client->next->previous = client->previous;
    stream->client_count--;
    pthread_mutex_unlock(&stream->lock);
    free(client);
}

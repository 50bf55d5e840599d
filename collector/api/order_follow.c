/* The followers, and the thread that looks. */
#include "collector/api/order_follow.h"

#include "collector/base/pulse.h"
#include "common/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MS      400 /* between two looks at an order */
#define TURN_MS      50  /* how soon the end of the program is seen */
#define BEAT_MS      15000 /* comments that show a buyer, and the proxies between, that we are there */
#define FOLLOWING_MS (60 * 60 * 1000LL) /* then it ends, and whoever is still there comes again */

struct order_follower {
    struct order_follow *follow;
    struct order_follower *previous, *next;
    struct stream_waiting waiting;
    struct order_listener listener;
    struct buffer text;          /* the newest look at its order */
    int64_t until_ms, spoken_ms; /* monotonic */
    bool greeted, news, over, suspended;
};

struct order_follow {
    struct order_follow_options options;
    pthread_t thread;
    atomic_bool stop;
    pthread_mutex_t lock; /* over what follows */
    struct order_follower *followers;
    int count;
    bool ended;
    char ids[ORDER_FOLLOWERS_MAX][ORDER_ID_SIZE]; /* the thread's own */
};

static void wake(struct order_follower *follower)
{
    if (!follower->suspended)
        return;
    follower->suspended = false;
    follower->waiting.resume(follower->waiting.owner);
}

static bool is_known(char (*ids)[ORDER_ID_SIZE], size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(ids[i], id) == 0)
            return true;
    return false;
}

/* Each order that somebody follows, once; returns how many. Who has waited for long is woken. */
static size_t list_orders(struct order_follow *follow, char (*ids)[ORDER_ID_SIZE])
{
    int64_t mono_ms = clock_mono_ms();
    size_t count = 0;
    pthread_mutex_lock(&follow->lock);
    for (struct order_follower *one = follow->followers; one != NULL; one = one->next) {
        if (!one->over && !is_known(ids, count, one->listener.id))
            memcpy(ids[count++], one->listener.id, ORDER_ID_SIZE);
        if (mono_ms >= one->spoken_ms + BEAT_MS || mono_ms >= one->until_ms)
            wake(one);
    }
    pthread_mutex_unlock(&follow->lock);
    return count;
}

static bool is_same(const struct buffer *one, const struct buffer *other)
{
    return one->length == other->length &&
           (one->length == 0 || memcmp(one->bytes, other->bytes, one->length) == 0);
}

static void take_look(struct order_follower *follower, const struct order_look *look)
{
    follower->over = follower->over || look->is_over;
    if (follower->greeted && is_same(&follower->text, &look->text))
        return;
    buffer_clear(&follower->text);
    buffer_append(&follower->text, look->text.bytes, look->text.length);
    follower->news = true;
}

static void tell(struct order_follow *follow, const char *id, const struct order_look *look)
{
    pthread_mutex_lock(&follow->lock);
    for (struct order_follower *one = follow->followers; one != NULL; one = one->next) {
        if (strcmp(one->listener.id, id) != 0)
            continue;
        take_look(one, look);
        if (one->news || one->over)
            wake(one);
    }
    pthread_mutex_unlock(&follow->lock);
}

/* The store is asked without the lock: no reader waits for it. */
static void look_at_all(struct order_follow *follow)
{
    char(*ids)[ORDER_ID_SIZE] = follow->ids;
    size_t count = list_orders(follow, ids);
    for (size_t i = 0; i < count && !atomic_load(&follow->stop); i++) {
        struct order_look look = { .is_over = false };
        if (follow->options.look(follow->options.owner, ids[i], &look))
            tell(follow, ids[i], &look);
        buffer_free(&look.text);
        pulse_beat();
    }
}

static void *run(void *argument)
{
    struct order_follow *follow = argument;
    int64_t looked_ms = 0;
    pulse_begin("order follow");
    for (; !atomic_load(&follow->stop); pulse_beat()) {
        int64_t mono_ms = clock_mono_ms();
        if (mono_ms >= looked_ms + LOOK_MS) {
            looked_ms = mono_ms;
            look_at_all(follow);
        }
        clock_pause_ms(TURN_MS);
    }
    return NULL;
}

struct order_follow *order_follow_open(const struct order_follow_options *options)
{
    struct order_follow *follow = calloc(1, sizeof *follow);
    if (follow == NULL)
        abort();
    follow->options = *options;
    pthread_mutex_init(&follow->lock, NULL);
    if (pthread_create(&follow->thread, NULL, run, follow) != 0)
        abort();
    return follow;
}

void order_follow_end(struct order_follow *follow)
{
    if (follow == NULL)
        return;
    pthread_mutex_lock(&follow->lock);
    follow->ended = true;
    for (struct order_follower *one = follow->followers; one != NULL; one = one->next)
        wake(one);
    pthread_mutex_unlock(&follow->lock);
}

void order_follow_close(struct order_follow *follow)
{
    if (follow == NULL)
        return;
    atomic_store(&follow->stop, true);
    pthread_join(follow->thread, NULL);
    pthread_mutex_destroy(&follow->lock);
    free(follow);
}

/* Whoever reloads a page is there twice until the server sees that one of both has gone: of too
 * many on one order the oldest goes, never who comes. */
static void end_oldest(struct order_follow *follow, const char *id)
{
    struct order_follower *oldest = NULL;
    int count = 0;
    for (struct order_follower *one = follow->followers; one != NULL; one = one->next)
        if (strcmp(one->listener.id, id) == 0 && !one->over) {
            oldest = one; /* the newest stands first */
            count++;
        }
    if (count < ORDER_FOLLOWERS_OF_ORDER)
        return;
    oldest->over = true;
    wake(oldest);
}

static bool has_room(const struct order_follow *follow, const struct order_listener *listener)
{
    int of_site = 0;
    for (const struct order_follower *one = follow->followers; one != NULL; one = one->next)
        of_site += address_equal(&one->listener.site, &listener->site);
    return !follow->ended && follow->count < ORDER_FOLLOWERS_MAX &&
           of_site < ORDER_FOLLOWERS_OF_SITE;
}

struct order_follower *order_follow_join(struct order_follow *follow,
                                         const struct order_listener *listener,
                                         const struct order_look *look,
                                         const struct stream_waiting *waiting)
{
    struct order_follower *follower = NULL;
    pthread_mutex_lock(&follow->lock);
    if (has_room(follow, listener)) {
        end_oldest(follow, listener->id);
        int64_t mono_ms = clock_mono_ms();
        if ((follower = calloc(1, sizeof *follower)) == NULL)
            abort();
        *follower = (struct order_follower){ .follow = follow,
                                             .next = follow->followers,
                                             .waiting = *waiting,
                                             .listener = *listener,
                                             .until_ms = mono_ms + FOLLOWING_MS,
                                             .spoken_ms = mono_ms };
        take_look(follower, look);
        if (follow->followers != NULL)
            follow->followers->previous = follower;
        follow->followers = follower;
        follow->count++;
    }
    pthread_mutex_unlock(&follow->lock);
    return follower;
}

static void say(struct order_follower *follower, struct buffer *out)
{
    if (!follower->greeted)
        buffer_text(out, "retry: 2000\n\n");
    if (follower->news) {
        buffer_text(out, "event: order\ndata: ");
        buffer_append(out, follower->text.bytes, follower->text.length);
        buffer_text(out, "\n\n");
    } else if (follower->greeted) {
        buffer_text(out, ":\n\n");
    }
    follower->greeted = true;
    follower->news = false;
}

static enum response_piece read_locked(struct order_follower *follower, struct buffer *out)
{
    int64_t mono_ms = clock_mono_ms();
    bool is_last = follower->over || follower->follow->ended || mono_ms >= follower->until_ms;
    if (follower->news || mono_ms >= follower->spoken_ms + BEAT_MS) {
        say(follower, out);
        follower->spoken_ms = mono_ms;
        return is_last ? RESPONSE_END : RESPONSE_MORE;
    }
    if (is_last)
        return RESPONSE_END;
    follower->suspended = true;
    follower->waiting.suspend(follower->waiting.owner);
    return RESPONSE_WAIT;
}

enum response_piece order_follow_read(void *owner, struct buffer *out)
{
    struct order_follower *follower = owner;
    pthread_mutex_lock(&follower->follow->lock);
    enum response_piece piece = read_locked(follower, out);
    pthread_mutex_unlock(&follower->follow->lock);
    return piece;
}

void order_follow_leave(void *owner)
{
    struct order_follower *follower = owner;
    struct order_follow *follow = follower->follow;
    pthread_mutex_lock(&follow->lock);
    if (follower->previous != NULL)
        follower->previous->next = follower->next;
    else
        follow->followers = follower->next;
    if (follower->next != NULL)
        follower->next->previous = follower->previous;
    follow->count--;
    pthread_mutex_unlock(&follow->lock);
    buffer_wipe(&follower->text); /* a mail address, a place */
    free(follower);
}

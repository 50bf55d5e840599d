/* read → post → write */
#include "collector/notify/notify_posts.h"
#include "collector/base/settings.h"
#include "collector/effects/effect.h"
#include "collector/effects/smtp.h"
#include "collector/effects/webhook.h"
#include "collector/notify/notify_metrics.h"
#include "collector/notify/notify_plan.h"

#include "notify_sql.h"

#include "common/clock.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POSTS_MAX     4 /* at once */
#define READ_EVERY_MS 100
#define ID_SIZE       128

enum post_state { POST_FREE, POST_SENDING, POST_ENDED };

struct post {
    enum post_state state;
    char id[ID_SIZE];
    int64_t created_ms, attempts;
    struct mail_verdict verdict;
};

struct notify_posts {
    const struct settings *settings;
    struct wake *wake;
    struct transfers *transfers;
    char *secret;
    struct post posts[POSTS_MAX];
    int64_t read_mono_ms;
    uint64_t random;
};

struct notify_posts *notify_posts_open(const struct settings *settings, struct wake *wake)
{
    struct notify_posts *posts = calloc(1, sizeof *posts);

    if (posts == NULL)
        abort();
    posts->settings = settings;
    posts->random = (uint64_t)clock_wall_ms();
    posts->wake = wake;
    posts->transfers = transfers_open(wake);
    return posts;
}

void notify_posts_close(struct notify_posts *posts)
{
    if (posts == NULL)
        return;
    transfers_close(posts->transfers);
    config_free_secret(posts->secret);
    free(posts);
}

static bool any_in_hand(const struct notify_posts *posts)
{
    for (size_t i = 0; i < POSTS_MAX; i++)
        if (posts->posts[i].state != POST_FREE)
            return true;
    return false;
}

void notify_posts_drop(struct notify_posts *posts)
{
    if (!any_in_hand(posts))
        return;
    transfers_close(posts->transfers);
    posts->transfers = transfers_open(posts->wake);
    memset(posts->posts, 0, sizeof posts->posts);
}

size_t notify_posts_under_way(const struct notify_posts *posts)
{
    return transfers_count(posts->transfers, INT64_MIN);
}

/* A place for the post; NULL where it is in hand already, or there is no room. */
static struct post *place_for(struct notify_posts *posts, const char *id)
{
    struct post *place = NULL;

    for (size_t i = 0; i < POSTS_MAX; i++) {
        if (posts->posts[i].state == POST_FREE)
            place = &posts->posts[i];
        else if (strcmp(posts->posts[i].id, id) == 0)
            return NULL;
    }
    return place;
}

static void begin_one(struct notify_posts *posts, struct post *post, struct store_rows *rows)
{
    struct webhook webhook = { .url = posts->settings->webhook, .secret = posts->secret };
    struct buffer text = { 0 };
    size_t length;
    const char *body = store_bytes(rows, 1, &length);

    buffer_append(&text, body, length);
    if (webhook_post(posts->transfers, &webhook,
                     &(struct webhook_message){ .id = post->id, .body = &text, .owner = post }))
        post->state = POST_SENDING;
    buffer_free(&text);
}

/* The secret is read again each time: it can be changed while this runs. */
static void begin_due(struct notify_posts *posts, struct store *store, const struct lease *lease,
                      int64_t now_ms)
{
    struct store_rows *rows =
        store_query(store, SQL_NOTIFY_POSTS_DUE, "ii", now_ms, (int64_t)2 * POSTS_MAX);

    for (bool first = true; store_next(rows); first = false) {
        struct post *post = place_for(posts, store_text(rows, 0));
        if (first)
            config_renew_secret(posts->settings->webhook_secret_file, &posts->secret);
        if (post == NULL)
            continue;
        snprintf(post->id, sizeof post->id, "%s", store_text(rows, 0));
        post->created_ms = store_int(rows, 2);
        post->attempts = store_int(rows, 3);
        if (now_ms - post->created_ms >= NOTIFY_GIVE_UP_MS) {
            post->verdict = (struct mail_verdict){ .outcome = MAIL_FAILED };
            post->state = POST_ENDED;
            log_warn("notify", "alert not posted in a day, let go", "id=%s", post->id);
        } else if (lease_is_ours(lease, clock_mono_ms())) {
            begin_one(posts, post, rows);
        }
    }
    store_rows_end(rows);
}

static void take_outcomes(struct notify_posts *posts)
{
    struct send_outcome outcome;

    transfers_wait(posts->transfers, 0);
    while (transfers_next(posts->transfers, &outcome)) {
        struct post *post = outcome.owner;
        struct mail_tries tries = { .attempts = post->attempts, .created_ms = post->created_ms };
        post->verdict = notify_judge(outcome.result, &tries, clock_wall_ms(), &posts->random);
        post->state = POST_ENDED;
        if (post->verdict.outcome != MAIL_SENT)
            log_warn("notify", "alert not posted", "id=%s outcome=%s answer=%s", post->id,
                     mail_outcome_word(post->verdict.outcome), outcome.answer);
    }
}

static bool any_ended(const struct notify_posts *posts)
{
    for (size_t i = 0; i < POSTS_MAX; i++)
        if (posts->posts[i].state == POST_ENDED)
            return true;
    return false;
}

static void write_ends(struct notify_posts *posts, struct store *store, struct lease *lease)
{
    if (!any_ended(posts) || !store_begin(store))
        return;
    bool ours = lease_fence(lease, store);
    for (size_t i = 0; i < POSTS_MAX && ours; i++) {
        const struct post *post = &posts->posts[i];
        if (post->state == POST_ENDED && post->verdict.outcome == MAIL_DEFERRED)
            effect_later(store, EFFECT_POST, post->id, post->verdict.next_ms);
        else if (post->state == POST_ENDED)
            effect_end(store, EFFECT_POST, post->id);
    }
    if (!ours || store_commit(store) != STORE_OK) {
        store_rollback(store);
        return;
    }
    for (size_t i = 0; i < POSTS_MAX; i++)
        if (posts->posts[i].state == POST_ENDED) {
            notify_count(NOTIFY_WEBHOOK, mail_outcome_word(posts->posts[i].verdict.outcome));
            posts->posts[i].state = POST_FREE;
        }
}

void notify_posts_finish(struct notify_posts *posts, struct store *store, struct lease *lease)
{
    take_outcomes(posts);
    write_ends(posts, store, lease);
}

void notify_posts_work(struct notify_posts *posts, struct store *store, struct lease *lease,
                       const struct effect_time *time)
{
    const char *url = posts->settings->webhook;

    if (url == NULL || url[0] == '\0')
        return;
    if (time->mono_ms - posts->read_mono_ms >= READ_EVERY_MS) {
        posts->read_mono_ms = time->mono_ms;
        begin_due(posts, store, lease, time->now_ms);
    }
    take_outcomes(posts);
    write_ends(posts, store, lease);
}

/* Posts to the webhook: read when they are due, sent, and tried again like mails; of an alert one
 * at a time, in the order of its life. One thread. */
#ifndef CARRITO_COLLECTOR_NOTIFY_POSTS_H
#define CARRITO_COLLECTOR_NOTIFY_POSTS_H

#include "collector/effects/lease.h"
#include "collector/effects/sender.h"
#include "collector/store/store.h"

struct settings;
struct wake;
struct notify_posts;

/* The settings and `wake`, which is called when the webhook has answered (or NULL), live as long.
 */
struct notify_posts *notify_posts_open(const struct settings *settings, struct wake *wake);
void notify_posts_close(struct notify_posts *posts);
/* Forgets what is in hand, and breaks off what is under way. */
void notify_posts_drop(struct notify_posts *posts);
/* Reads, begins, and writes what has come to an end. */
void notify_posts_work(struct notify_posts *posts, struct store *store, struct lease *lease,
                       const struct effect_time *time);
/* Writes what has come to an end, and begins nothing. */
void notify_posts_finish(struct notify_posts *posts, struct store *store, struct lease *lease);
size_t notify_posts_under_way(const struct notify_posts *posts);

#endif

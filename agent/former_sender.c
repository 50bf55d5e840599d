/* Begins, watches and ends the sending of one former outbox at a time. */
#include "agent/former_sender.h"
#include "agent/counts.h"
#include "agent/outbox_former.h"
#include "agent/outbox_uplink.h"

#include "common/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOOK_MS      5000    /* until it is asked again whether the cart has nothing to send */
#define SAVE_MS      60000   /* what was acknowledged is written so often */
#define PATIENCE_MS  120000  /* without progress on a connection of its own */
#define PAUSE_MS     60000   /* then it is closed for so long, and twice it: */
#define PAUSE_MS_MAX 1800000 /* a connection costs 8 kB, and may push another board off */

bool former_sender_file(const char *file, const char *plate, char name[FORMER_FILE_SIZE])
{
    const char *base = strrchr(file, '/');
    const char *dot = strrchr(base != NULL ? base : file, '.');
    size_t stem = dot != NULL ? (size_t)(dot - file) : strlen(file);

    return snprintf(name, FORMER_FILE_SIZE, "%.*s.%s%s", (int)stem, file, plate,
                    dot != NULL ? dot : "") < FORMER_FILE_SIZE;
}

static bool has_file(const char *file, const char *plate)
{
    char name[FORMER_FILE_SIZE];

    return former_sender_file(file, plate, name) && access(name, R_OK) == 0;
}

static bool is_ours(const struct former_sender *sender, const struct former *former)
{
    return strcmp(former->cart, sender->cart) == 0;
}

static bool can_send(const struct former_sender *sender, const struct former *former)
{
    const struct settings *settings = sender->settings;

    if (former->is_unreadable || !cart_is_valid(former->cart))
        return false;
    return is_ours(sender, former) || settings->mqtt.certfile == NULL ||
           (has_file(settings->mqtt.certfile, former->cart) &&
            has_file(settings->mqtt.keyfile, former->cart));
}

/* True where one changed: a certificate came, or went. */
static bool look(struct former_sender *sender)
{
    bool changed = false;

    for (size_t i = 0; i < sender->formers->count; i++) {
        struct former *former = &sender->formers->list[i];
        bool sends = can_send(sender, former);
        changed = changed || sends != former->sends;
        former->sends = sends;
    }
    return changed;
}

void former_sender_open(struct former_sender *sender, const struct former_sender_options *options)
{
    *sender = (struct former_sender){ .formers = options->formers,
                                      .settings = options->settings,
                                      .cart = options->cart,
                                      .link = options->link,
                                      .live = options->live,
                                      .pause_ms = PAUSE_MS };
    look(sender);
}

static void fill_state(void *owner, struct json_writer *json)
{
    const struct former_sender *sender = owner;

    counts_write(sender->outbox, json);
}

static const struct uplink_calls calls = { .fill_state = fill_state };

static struct uplink *open_own(struct former_sender *sender)
{
    const struct outbox_head *head = outbox_head(sender->outbox);
    struct mqtt_link_options link = *sender->link;
    struct uplink_options options = { .cart = sender->at->cart,
                                      .epoch = head->epoch,
                                      .session = head->session,
                                      .version = CARRITO_VERSION,
                                      .link = &link,
                                      .store = outbox_uplink(sender->outbox),
                                      .is_former = true,
                                      .calls = &calls,
                                      .owner = sender };

    if (link.certfile != NULL) {
        if (!former_sender_file(link.certfile, sender->at->cart, sender->certfile) ||
            !former_sender_file(link.keyfile, sender->at->cart, sender->keyfile))
            return NULL;
        link.certfile = sender->certfile;
        link.keyfile = sender->keyfile;
        link.identity = NULL; /* that is the live cart's */
    }
    return uplink_open(&options, sender->wall_ms);
}

/* Nothing is sent until then. */
static void rest(struct former_sender *sender, int64_t next_ms)
{
    if (sender->own == NULL)
        uplink_send_former(sender->live, NULL, NULL);
    uplink_close(sender->own);
    outbox_close(sender->outbox);
    sender->own = NULL;
    sender->outbox = NULL;
    sender->at = NULL;
    sender->next_ms = next_ms;
}

void former_sender_close(struct former_sender *sender)
{
    if (sender->at != NULL)
        rest(sender, 0);
}

static struct former *oldest(const struct former_sender *sender)
{
    for (size_t i = 0; i < sender->formers->count; i++)
        if (sender->formers->list[i].sends)
            return &sender->formers->list[i];
    return NULL;
}

/* Has the cart nothing of its own to send, and somebody to send to? */
static bool may_begin(const struct former_sender *sender)
{
    struct uplink_status live;

    uplink_status(sender->live, &live);
    return live.connected && live.bridge_online && !live.has_unsent && !live.closed_told;
}

/* Of what it cannot give, the rest becomes other ones, which are sent in its place; where the card
 * does not take them, it waits for the next start. */
static void rescue(struct former_sender *sender)
{
    formers_look(sender->formers, sender->settings->outbox, sender->wall_ms);
    look(sender);
    uplink_say_online(sender->live);
}

static void begin(struct former_sender *sender, struct former *former, int64_t mono_ms)
{
    sender->outbox = outbox_open_former(former->path);
    if (sender->outbox == NULL) {
        rescue(sender);
        return;
    }
    sender->at = former;
    sender->acked_seq = outbox_head(sender->outbox)->acked_seq;
    sender->progress_ms = sender->saved_ms = mono_ms;
    sender->was_connected = false;
    log_info("former", "a former outbox is sent", "plate=%s epoch=%s waiting=%lld", former->cart,
             former->epoch, (long long)former->waiting);
    if (is_ours(sender, former)) {
        struct uplink_store store = outbox_uplink(sender->outbox);
        uplink_send_former(sender->live, former->epoch, &store);
    } else if ((sender->own = open_own(sender)) == NULL) {
        rest(sender, mono_ms + PAUSE_MS_MAX);
    }
}

static void begin_next(struct former_sender *sender, int64_t mono_ms)
{
    sender->next_ms = mono_ms + LOOK_MS;
    if (look(sender))
        uplink_say_online(sender->live);
    struct former *former = oldest(sender);
    if (former != NULL && may_begin(sender))
        begin(sender, former, mono_ms);
}

static void note_progress(struct former_sender *sender, int64_t mono_ms)
{
    int64_t acked_seq = outbox_head(sender->outbox)->acked_seq;

    if (acked_seq == sender->acked_seq)
        return;
    sender->at->waiting -= outbox_count(sender->outbox, sender->acked_seq, acked_seq);
    sender->acked_seq = acked_seq;
    sender->progress_ms = mono_ms;
    sender->pause_ms = PAUSE_MS;
}

static void finish(struct former_sender *sender, int64_t mono_ms)
{
    struct former *done = sender->at;

    log_info("former", "the centre has all of a former outbox", "plate=%s epoch=%s", done->cart,
             done->epoch);
    rest(sender, mono_ms);
    if (strcmp(done->path, sender->settings->outbox) == 0)
        sender->formers->card.waiting = 0; /* until the next start, as nothing can be written */
    else
        outbox_aside_sent(done->path);
    formers_remove(sender->formers, done);
    uplink_say_online(sender->live);
}

/* A connection that ended is not tried again at once: another board may have the plate. */
static bool has_given_up(struct former_sender *sender, int64_t mono_ms)
{
    struct uplink_status own;

    if (sender->own == NULL)
        return false;
    uplink_status(sender->own, &own);
    bool ended = sender->was_connected && !own.connected;
    sender->was_connected = own.connected;
    return ended || mono_ms - sender->progress_ms > PATIENCE_MS;
}

static void give_up(struct former_sender *sender, int64_t mono_ms)
{
    log_info("former", "a former outbox has to wait", "plate=%s waiting=%lld pause_ms=%lld",
             sender->at->cart, (long long)sender->at->waiting, (long long)sender->pause_ms);
    rest(sender, mono_ms + sender->pause_ms);
    sender->pause_ms *= sender->pause_ms < PAUSE_MS_MAX ? 2 : 1;
}

void former_sender_turn(struct former_sender *sender, short revents, int64_t mono_ms,
                        int64_t wall_ms)
{
    sender->wall_ms = wall_ms;
    if (sender->at == NULL) {
        if (sender->formers->count > 0 && mono_ms >= sender->next_ms)
            begin_next(sender, mono_ms);
        return;
    }
    if (sender->own != NULL)
        uplink_turn(sender->own, revents, mono_ms, wall_ms);
    note_progress(sender, mono_ms);
    if (outbox_head(sender->outbox)->acked_seq >= outbox_head(sender->outbox)->last_seq) {
        finish(sender, mono_ms);
    } else if (outbox_is_broken(sender->outbox)) {
        give_up(sender, mono_ms);
        rescue(sender);
    } else if (has_given_up(sender, mono_ms)) {
        give_up(sender, mono_ms);
    } else if (mono_ms - sender->saved_ms >= SAVE_MS) {
        outbox_save(sender->outbox);
        sender->saved_ms = mono_ms;
    }
}

int former_sender_fd(const struct former_sender *sender)
{
    return sender->own != NULL ? uplink_fd(sender->own) : -1;
}

short former_sender_poll_events(const struct former_sender *sender)
{
    return sender->own != NULL ? uplink_poll_events(sender->own) : 0;
}

int former_sender_timeout_ms(const struct former_sender *sender, int64_t mono_ms)
{
    if (sender->own != NULL)
        return uplink_timeout_ms(sender->own, mono_ms);
    if (sender->at != NULL || sender->formers->count == 0)
        return -1;
    return sender->next_ms > mono_ms ? (int)(sender->next_ms - mono_ms) : 0;
}

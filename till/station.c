/* Keypads come and go; what each has under way is brought to its end. */
#include "till/station.h"
#include "agent/net_words.h"
#include "agent/till_session.h"
#include "till/finder.h"
#include "till/keypad.h"
#include "till/sentence.h"
#include "till/voice.h"

#include "voice_words.h"

#include "common/clock.h"
#include "common/log.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_VOICE_MS 100  /* while something is being said */
#define PATIENCE_MS   2000 /* what takes longer is told, before it is typed once more */
#define FDS_EACH      (1 + TILL_SESSION_FDS)

struct place {
    struct keypad *keypad; /* NULL: it was unplugged, or the place is free */
    bool taken;
    struct till till;
    struct till_session session;
    int64_t asked_ms; /* monotonic, of the request that is under way */
    bool told_to_wait;
};

struct station {
    const struct settings *settings;
    enum lang lang;
    struct finder finder;
    struct voice voice;
    struct sentence_link link;
    struct place places[STATION_KEYPADS_MAX];
    uint64_t passed_over; /* a bit for each number of a device: that it was is in the log */
};

struct station *station_open(const struct settings *settings, const char *folder)
{
    struct station *station = calloc(1, sizeof *station);

    if (station == NULL)
        abort();
    station->settings = settings;
    station->lang = lang_from_name(settings->lang);
    station->finder = finder_in(folder);
    station->voice = voice_by(settings->till_voice, settings->lang);
    return station;
}

static void leave(struct place *place)
{
    if (!place->taken)
        return;
    till_session_close(&place->session);
    keypad_close(place->keypad);
    *place = (struct place){ 0 };
}

void station_close(struct station *station)
{
    if (station == NULL)
        return;
    for (size_t i = 0; i < STATION_KEYPADS_MAX; i++)
        leave(&station->places[i]);
    voice_close(&station->voice);
    finder_close(&station->finder);
    free(station);
}

/* The first place that is free, or NULL; `path` is held already where `*held` becomes true. */
static struct place *find_place(struct station *station, const char *path, bool *held)
{
    struct place *free_place = NULL;

    *held = false;
    for (size_t i = STATION_KEYPADS_MAX; i-- > 0;) {
        struct place *place = &station->places[i];
        if (!place->taken)
            free_place = place;
        else if (place->keypad != NULL && strcmp(keypad_path(place->keypad), path) == 0)
            *held = true;
    }
    return free_place;
}

/* Once for as long as nothing new appears. What has just appeared may not be opened for a moment,
 * until udev has given it to its group: that is no news. */
static void log_passed_over(struct station *station, const char *path,
                            const struct keypad_found *found)
{
    uint64_t bit = (uint64_t)1 << strtoul(path + strcspn(path, "0123456789"), NULL, 10) % 64;

    if (found->how == KEYPAD_NEVER || (station->passed_over & bit) != 0 ||
        (found->how == KEYPAD_LATER && station->finder.appeared))
        return;
    station->passed_over |= bit;
    if (found->how == KEYPAD_LETTERS)
        log_info("station", "left alone, as it has letters; till_device= would take it",
                 "path=%s name=%s", path, found->name);
    else
        log_warn("station", "a device cannot be held yet", "path=%s name=%s error=%s", path,
                 found->name, strerror(found->error));
}

static bool take(void *owner, const char *path)
{
    struct station *station = owner;
    struct keypad_found found;
    bool held;
    struct place *place = find_place(station, path, &held);

    if (held || place == NULL)
        return true;
    struct keypad *keypad = keypad_open(path, station->settings->till_device, &found);
    if (keypad == NULL) {
        log_passed_over(station, path, &found);
        return found.how != KEYPAD_LATER;
    }
    *place = (struct place){ .taken = true, .keypad = keypad };
    till_init(&place->till, station->lang, station->settings->till_ask);
    till_session_open(&place->session, &place->till, station->settings->socket);
    log_info("station", "a keypad is here", "path=%s name=%s", path, keypad_name(keypad));
    voice_say(&station->voice, voice_ready.text[station->lang]);
    return true;
}

static void look(struct station *station, int64_t mono_ms)
{
    if (station->finder.appeared)
        station->passed_over = 0;
    finder_look(&station->finder, mono_ms, take, station);
}

/* A line that was begun goes with its keypad; what was asked is still answered. */
static void unplug(struct station *station, struct place *place)
{
    log_info("station", "a keypad is gone", "path=%s name=%s", keypad_path(place->keypad),
             keypad_name(place->keypad));
    voice_say(&station->voice, voice_gone.text[station->lang]);
    keypad_close(place->keypad);
    place->keypad = NULL;
}

static void read_keys(struct station *station, struct place *place)
{
    enum keypad_event event;
    int64_t at_ms = 0;
    char key = '\0';

    while ((event = keypad_next(place->keypad, &key, &at_ms)) != KEYPAD_QUIET) {
        if (event == KEYPAD_GONE) {
            unplug(station, place);
            return;
        }
        if (event == KEYPAD_KEY)
            till_session_key(&place->session, key, at_ms);
        else if (event == KEYPAD_HELD)
            till_held(&place->till, key);
        else
            till_lost(&place->till);
    }
}

static void tell(struct station *station, struct place *place)
{
    char sentence[SENTENCE_SIZE];

    if (!place->till.bell)
        return;
    place->till.bell = false;
    sentence_of_till(&place->till, sentence);
    voice_say(&station->voice, sentence);
}

/* Of several keypads one calls: there is one voice. */
static void tell_call(struct station *station, struct place *place)
{
    char sentence[SENTENCE_SIZE];

    if (!place->till.calls)
        return;
    place->till.calls = false;
    sentence_of_call(&place->till, sentence);
    if (sentence[0] != '\0')
        voice_say(&station->voice, sentence);
}

static void tell_to_wait(struct station *station, struct place *place, int64_t mono_ms)
{
    if (!place->session.act.pending) {
        place->asked_ms = mono_ms;
        place->told_to_wait = false;
    } else if (!place->told_to_wait && mono_ms - place->asked_ms >= PATIENCE_MS) {
        place->told_to_wait = true;
        voice_say(&station->voice, voice_wait.text[station->lang]);
    }
}

static void tell_link(struct station *station, const struct place *place, int64_t mono_ms)
{
    const struct sentence *word = till_link_word(&place->till);

    if (sentence_link_turn(&station->link, word, mono_ms))
        voice_say(&station->voice, net_word_long(word)->text[station->lang]);
}

static void turn_place(struct station *station, struct place *place, int64_t mono_ms)
{
    place->till.is_mute = !voice_speaks(&station->voice);
    till_session_turn(&place->session, mono_ms);
    tell(station, place);
    tell_to_wait(station, place, mono_ms);
    if (place->keypad == NULL && !place->session.act.pending)
        leave(place);
}

static void turn_places(struct station *station, int64_t mono_ms)
{
    struct place *first = NULL;

    for (size_t i = 0; i < STATION_KEYPADS_MAX; i++) {
        if (station->places[i].taken)
            turn_place(station, &station->places[i], mono_ms);
        if (station->places[i].taken && first == NULL)
            first = &station->places[i];
    }
    if (first == NULL)
        return;
    tell_link(station, first, mono_ms); /* all speak with one agent */
    tell_call(station, first);
}

static int shorter(int wait_ms, int other_ms)
{
    return other_ms < wait_ms ? other_ms : wait_ms;
}

/* Fills `fds`, FDS_EACH for each place, and returns how long to wait. */
static int prepare(const struct station *station, struct pollfd *fds, int wait_ms)
{
    int64_t look_ms = clock_until_ms(station->finder.look_ms, clock_mono_ms());

    wait_ms = shorter(wait_ms, look_ms < wait_ms ? (int)look_ms : wait_ms);
    if (station->voice.child != 0 || station->voice.next[0] != '\0')
        wait_ms = shorter(wait_ms, WAIT_VOICE_MS);
    for (size_t i = 0; i < STATION_KEYPADS_MAX; i++, fds += FDS_EACH) {
        const struct place *place = &station->places[i];
        fds[0] = (struct pollfd){ .fd = -1, .events = POLLIN };
        fds[1] = fds[2] = fds[0];
        if (!place->taken)
            continue;
        if (place->keypad != NULL)
            fds[0].fd = keypad_fd(place->keypad);
        till_session_poll_fds(&place->session, fds + 1);
        wait_ms = shorter(wait_ms, till_session_timeout_ms(&place->session));
    }
    return wait_ms;
}

void station_turn(struct station *station, int wait_ms)
{
    struct pollfd fds[STATION_KEYPADS_MAX * FDS_EACH + 1];

    wait_ms = prepare(station, fds, wait_ms);
    fds[STATION_KEYPADS_MAX * FDS_EACH] =
        (struct pollfd){ .fd = station->finder.fd, .events = POLLIN };
    if (poll(fds, sizeof fds / sizeof *fds, wait_ms) > 0)
        for (size_t i = 0; i < STATION_KEYPADS_MAX; i++)
            if (fds[i * FDS_EACH].revents != 0)
                read_keys(station, &station->places[i]);
    int64_t mono_ms = clock_mono_ms();
    turn_places(station, mono_ms);
    if (finder_is_due(&station->finder, mono_ms))
        look(station, mono_ms);
    voice_turn(&station->voice, mono_ms);
}

bool station_is_busy(const struct station *station)
{
    for (size_t i = 0; i < STATION_KEYPADS_MAX; i++)
        if (station->places[i].taken && station->places[i].session.act.pending)
            return true;
    return false;
}

const char *station_status(const struct station *station)
{
    for (size_t i = 0; i < STATION_KEYPADS_MAX; i++)
        if (station->places[i].taken && station->places[i].keypad != NULL)
            return station->places[i].till.heard ? "ready" : "waits for the agent";
    return "waits for a keypad";
}

/* Decides about silence: carts that vanished, links that are down, carts that did not come today.
 *
 * A cart is judged only once all words up to its limit have been read, of all its topics: lag is no
 * silence. What is decided, and when it began, comes from Kafka's times alone. */
#include "collector/alerts/alert.h"
#include "collector/base/settings.h"
#include "collector/location/certificates.h"
#include "collector/location/hours.h"
#include "collector/location/location.h"
#include "collector/store/retention.h"

#include "silence_sql.h"

#include "common/day.h"
#include "common/json_read.h"
#include "common/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEAT_BYTES_MAX  1024
#define PARTITION_MAX   4096
#define STALLED_MS      3500  /* our clock may see two beats a little further apart than Kafka's */
#define LOOK_MS         1000  /* between two looks at bridges that may have stalled */
#define ABSENT_MS       60000 /* between two looks at who did not come */
#define RETRY_MS        200   /* a line that cannot be judged yet is looked at again, */
#define RETRIES_MAX     10    /* each time so much later, to this many times that */
#define ONE_BEAT_MS     250 /* all partitions get a beat within that: half of what is between two */
#define DAY_MS          86400000LL
#define OUTAGE_SLACK_MS 3000 /* partitions tell of one outage at somewhat different times */
#define DETAILS_SIZE    256
#define UNTOLD_MAX      128 /* told of at once; more have their turn at the next look */

static const double delay_bounds[] = { 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 0 };

static struct metric delays = {
    .name = "carrito_silence_detection_delay_seconds",
    .help = "From the limit of a cart's silence to its alert.",
    .type = METRIC_HISTOGRAM,
    .bounds = delay_bounds,
};

void location_register_delays(void)
{
    metric_register(&delays);
}

void location_silence_watch(struct location *location)
{
    for (size_t i = 0; i < location->delay_count; i++)
        metric_observe(&delays, (double)location->delays_ms[i] / 1000);
    location->delay_count = 0;
}

void location_silence_forget(struct location *location)
{
    silence_forget(location->silence);
    free(location->loaded_ms);
    location->loaded_ms = NULL;
    location->loaded_count = location->delay_count = location->bridge_count = 0;
    location->lines_known = false;
}

void location_load(struct location *location, int32_t partition)
{
    size_t index = (size_t)partition;

    if (partition < 0 || index >= PARTITION_MAX)
        return;
    if (index >= location->loaded_count) {
        location->loaded_ms =
            realloc(location->loaded_ms, (index + 1) * sizeof *location->loaded_ms);
        if (location->loaded_ms == NULL)
            abort();
        memset(location->loaded_ms + location->loaded_count, 0,
               (index + 1 - location->loaded_count) * sizeof *location->loaded_ms);
        location->loaded_count = index + 1;
    }
    if (location->loaded_ms[index] != 0)
        return;
    silence_load(location->silence, location->store, partition, &location->limits);
    location->loaded_ms[index] = location->now_ms;
}

/* Links. */

/* The partitions tell of one outage in any order, each with the times of its own beats: it began
 * and ended when the first of them says, whichever is read first. */
struct outage {
    char id[ALERT_ID_SIZE];
    int64_t from_ms, to_ms; /* to_ms 0: it lasts */
};

static bool find_outage(struct location *location, const char *bridge, int64_t from_ms,
                        int64_t to_ms, struct outage *found)
{
    struct store_rows *rows =
        store_query(location->store, SQL_OUTAGE_FIND, "tiii", bridge, to_ms + OUTAGE_SLACK_MS,
                    from_ms - OUTAGE_SLACK_MS, from_ms);
    bool known = store_next(rows);

    if (known) {
        snprintf(found->id, sizeof found->id, "%s", store_text(rows, 0));
        found->from_ms = store_int(rows, 1);
        found->to_ms = store_is_null(rows, 2) ? 0 : store_int(rows, 2);
    }
    store_rows_end(rows);
    return known;
}

/* A partition that had no leader before its bridge went down says nothing about when that was. */
static void raise_link_down(struct location *location, const char *bridge, int64_t from_ms,
                            int64_t to_ms)
{
    struct outage known;

    if (!find_outage(location, bridge, from_ms, to_ms, &known))
        alert_raise(location->store, &(struct alert){ .kind = ALERT_LINK_DOWN,
                                                      .subject = bridge,
                                                      .says = SAY_ALERT_LINK_DOWN(bridge),
                                                      .lang = location->lang,
                                                      .at_ms = from_ms });
    else if (known.from_ms - from_ms <= OUTAGE_SLACK_MS)
        alert_began(location->store, known.id, from_ms);
}

static void end_link_down(struct location *location, const char *bridge,
                          const struct silence_change *change)
{
    int64_t from_ms = change->down_ms != 0 ? change->down_ms : change->up_ms;
    struct outage known;

    if (!alert_end(location->store, ALERT_LINK_DOWN, bridge, change->up_ms) &&
        find_outage(location, bridge, from_ms, change->up_ms, &known) &&
        known.to_ms - change->up_ms <= OUTAGE_SLACK_MS)
        alert_ended(location->store, known.id, change->up_ms);
}

/* One bridge a minute: they are few. Before its days are over no beat of it may be read yet, as
 * while the store is rebuilt. */
static void end_link_of_none(struct location *location, int64_t now_ms)
{
    int64_t before_ms = now_ms - RETENTION_BRIDGE_DAYS * DAY_MS;
    struct store_rows *rows = store_query(location->store, SQL_OUTAGE_OF_NONE, "i", before_ms);
    char bridge[BRIDGE_ID_MAX + 1] = "";

    if (store_next(rows))
        snprintf(bridge, sizeof bridge, "%s", store_text(rows, 0));
    store_rows_end(rows);
    if (bridge[0] != '\0')
        alert_end(location->store, ALERT_LINK_DOWN, bridge, now_ms);
}

static void take_beat(struct location *location, struct silence_line *line,
                      const struct silence_beat *beat)
{
    struct silence_change change = silence_beat(line, beat);

    if (line->bridge[0] == '\0')
        return; /* stands for others, who tell for themselves */
    if (change.went_down)
        raise_link_down(location, line->bridge, change.down_ms, change.up_ms);
    if (change.came_up)
        end_link_down(location, line->bridge, &change);
}

void location_apply_beat(struct location *location, const struct kafka_record *record)
{
    struct json_reason why;
    const char *bridge = "";
    bool mqtt = false;
    cJSON *object = json_read_object(record->value, record->value_length, BEAT_BYTES_MAX, 2, &why);

    if (object == NULL ||
        !json_get_text(object, "bridge", JSON_REQUIRED, 1, BRIDGE_ID_MAX, &bridge, &why) ||
        !json_get_bool(object, "mqtt", JSON_REQUIRED, &mqtt, &why)) {
        outgoing_dead_letter(location->store, record, &why);
        cJSON_Delete(object);
        return;
    }
    struct silence_beat beat = { record->append_ms, record->offset, mqtt };
    take_beat(location, silence_line(location->silence, record->partition, bridge), &beat);
    if (certificates_hear(location->store, object,
                          &(struct certificate_word){ bridge, NULL, record->append_ms }))
        location->minute_ms = 0;
    for (size_t i = 0; i < silence_line_count(location->silence); i++) {
        struct silence_line *line = silence_line_at(location->silence, i);
        if (line->partition == record->partition && line->bridge[0] == '\0')
            take_beat(location, line, &beat);
    }
    cJSON_Delete(object);
}

/* The carts of a link that went down or came up. */
static void restate(struct store *store, const struct silence_line *line)
{
    enum cart_cause cause = silence_line_is_down(line) ? CART_LINK_LOST : CART_LINK_BACK;

    for (enum cart_state from = 0; from < CART_STATES; from++) {
        enum cart_state to = cart_state_step(from, cause).to;
        if (to != from)
            store_run(store, SQL_LINE_RESTATE, "titt", cart_state_names[to],
                      (int64_t)line->partition, cart_state_names[from], line->bridge);
    }
}

void location_silence_end(struct location *location)
{
    for (size_t i = 0; i < silence_line_count(location->silence); i++) {
        struct silence_line *line = silence_line_at(location->silence, i);
        if (line->restate)
            restate(location->store, line);
        line->restate = false;
    }
    silence_save(location->silence, location->store);
}

/* Bridges of which no beat comes at all. */

static struct bridge_watch *watch_of(struct location *location, const char *bridge)
{
    for (size_t i = 0; i < location->bridge_count; i++)
        if (strcmp(location->bridges[i].bridge, bridge) == 0)
            return &location->bridges[i];
    if (location->bridge_count == LOCATION_BRIDGES_MAX)
        return NULL;
    struct bridge_watch *watch = &location->bridges[location->bridge_count++];
    *watch = (struct bridge_watch){ 0 };
    snprintf(watch->bridge, sizeof watch->bridge, "%s", bridge);
    return watch;
}

/* By our own clock from when a beat was first seen, so that it need not agree with Kafka's. */
static bool look_at_bridges(struct location *location, struct store *store, int64_t now_ms)
{
    struct store_rows *rows = store_query(store, SQL_BRIDGES_LAST, "");
    bool stalled = false;

    while (store_next(rows)) {
        struct bridge_watch *watch = watch_of(location, store_text(rows, 0));
        if (watch == NULL)
            continue;
        if (store_int(rows, 1) != watch->beat_ms || watch->seen_ms == 0 ||
            watch->seen_ms > now_ms) {
            watch->beat_ms = store_int(rows, 1);
            watch->seen_ms = now_ms;
            watch->stalled = false;
        }
        stalled |= !watch->stalled && now_ms - watch->seen_ms > STALLED_MS;
    }
    return stalled;
}

static void stall_lines(struct location *location, const char *bridge)
{
    for (enum cart_state from = 0; from < CART_STATES; from++) {
        enum cart_state to = cart_state_step(from, CART_LINK_LOST).to;
        if (to != from)
            store_run(location->store, SQL_BRIDGE_SILENT, "ttt", cart_state_names[to],
                      cart_state_names[from], bridge);
    }
    for (size_t i = 0; i < silence_line_count(location->silence); i++) {
        struct silence_line *line = silence_line_at(location->silence, i);
        line->stalled |= strcmp(line->bridge, bridge) == 0;
    }
}

/* As far as it is known here; of a bridge whose beats nobody has read yet, that it was. */
static bool bridge_was_up(const struct location *location, const char *bridge)
{
    bool up = false, known = false;

    for (size_t i = 0; i < silence_line_count(location->silence); i++) {
        const struct silence_line *line = silence_line_at(location->silence, i);
        if (strcmp(line->bridge, bridge) != 0)
            continue;
        known = true;
        up |= silence_line_was_up(line);
    }
    return up || !known;
}

/* The greatest time by which a partition that the bridge beats in was read to its end; 0: none was.
 * A partition without a leader says nothing, and the others tell for it. */
static int64_t watermark_of_bridge(struct location *location, const struct role_time *time,
                                   const char *bridge)
{
    struct store_rows *rows = store_query(location->store, SQL_BRIDGE_PARTS, "t", bridge);
    int64_t watermark_ms = 0;

    while (store_next(rows)) {
        struct role_watermark mark =
            role_watermark_of(time, TOPIC_PRESENCE, (int32_t)store_int(rows, 0));
        if (mark.to_end && mark.watermark_ms > watermark_ms)
            watermark_ms = mark.watermark_ms;
    }
    store_rows_end(rows);
    return watermark_ms;
}

/* When the last beat came into the first partition. A partition that is not read as far has an
 * older one for its last, which is not that. */
static int64_t last_beat_ms(struct location *location, const struct bridge_watch *watch)
{
    struct store_rows *rows = store_query(location->store, SQL_BRIDGE_LAST_BEAT, "ti",
                                          watch->bridge, watch->beat_ms - ONE_BEAT_MS);
    int64_t beat_ms = store_next(rows) ? store_int(rows, 0) : watch->beat_ms;

    store_rows_end(rows);
    return beat_ms;
}

/* By both clocks: ours may jump, and Kafka's time is that of whichever broker is ahead. */
static void tell_stalled(struct location *location, const struct role_time *time)
{
    for (size_t i = 0; i < location->bridge_count; i++) {
        struct bridge_watch *watch = &location->bridges[i];
        if (watch->stalled || time->now_ms - watch->seen_ms <= STALLED_MS ||
            watermark_of_bridge(location, time, watch->bridge) - watch->beat_ms <= STALLED_MS)
            continue;
        if (bridge_was_up(location, watch->bridge))
            raise_link_down(location, watch->bridge, last_beat_ms(location, watch),
                            watch->beat_ms + time->now_ms - watch->seen_ms);
        stall_lines(location, watch->bridge);
        watch->stalled = true;
    }
}

/* Carts. */

/* While Kafka's times are ambiguous, only what was read to its end has no words left. */
static bool words_are_read(const struct role_time *time, const struct silence_line *line)
{
    return !silence_line_is_back(line) ||
           (role_watermark_of(time, TOPIC_LOCATIONS, line->partition).to_end &&
            role_watermark_of(time, TOPIC_SALES, line->partition).to_end);
}

/* How far the topics of this partition are read in which words come beside the beats. */
static int64_t watermark_of(const struct role_time *time, int32_t partition)
{
    int64_t locations_ms = role_watermark_of(time, TOPIC_LOCATIONS, partition).watermark_ms;
    int64_t sales_ms = role_watermark_of(time, TOPIC_SALES, partition).watermark_ms;

    return locations_ms < sales_ms ? locations_ms : sales_ms;
}

static void raise_for_cart(struct location *location, const char *cart, struct saying says,
                           int64_t at_ms)
{
    alert_raise(location->store, &(struct alert){ .kind = ALERT_CART_VANISHED,
                                                  .subject = cart,
                                                  .cart = cart,
                                                  .says = says,
                                                  .lang = location->lang,
                                                  .at_ms = at_ms });
}

static void raise_vanished(struct location *location, const struct silence_cart *silent)
{
    int64_t limit_s = silent->limit_ms / 1000, at_ms = silence_limit_ms(silent);

    raise_for_cart(location, silent->cart, SAY_ALERT_CART_VANISHED(silent->cart, limit_s), at_ms);
    /* What ran out before this partition was ours says nothing about how fast we are. */
    if ((size_t)silent->line->partition < location->loaded_count &&
        location->loaded_ms[silent->line->partition] <= at_ms &&
        location->delay_count < LOCATION_DELAYS_MAX)
        location->delays_ms[location->delay_count++] = location->now_ms - at_ms;
}

static void vanish(struct location *location, const struct silence_cart *silent)
{
    struct cart_row *cart = cart_rows_get(&location->carts, location->store, silent->cart);

    if (cart_row_move(cart, CART_SILENCE_OVER) == CART_ALERT_BEGINS &&
        hours_are_open(location->settings->hours, silence_limit_ms(silent)))
        raise_vanished(location, silent);
    silence_stop(location->silence, silent->cart);
}

/* Each line has its own back-off: one that waits for a partition holds up no other. */
static void judge_line(struct location *location, struct silence_line *line,
                       const struct role_time *time)
{
    struct silence_cart *silent = silence_due(line);
    int64_t watermark_ms =
        words_are_read(time, line) ? watermark_of(time, line->partition) : INT64_MIN;

    for (; silent != NULL && silence_limit_ms(silent) <= watermark_ms; silent = silence_due(line))
        vanish(location, silent);
    if (silent == NULL)
        line->retries = 0;
    else if (line->retries < RETRIES_MAX)
        line->retries++;
    line->retry_ms = time->now_ms + line->retries * RETRY_MS;
}

/* When the hours begin, a cart that fell silent shortly before is missing. The carts are gathered
 * first: raising an alert asks the store too. */
static void tell_untold(struct location *location, const struct role_time *time)
{
    int64_t now_ms = time->now_ms;
    int64_t opened_ms = hours_opened_ms(location->settings->hours, now_ms);
    char carts[UNTOLD_MAX][CART_LENGTH_MAX + 1];
    int32_t parts[UNTOLD_MAX];
    size_t count = 0;

    struct store_rows *rows =
        store_query(location->store, SQL_UNTOLD_SILENCE, "tiii", cart_state_names[CART_VANISHED],
                    day_start_ms(day_of_ms(now_ms)), opened_ms, (int64_t)UNTOLD_MAX);
    for (; count < UNTOLD_MAX && store_next(rows); count++) {
        snprintf(carts[count], sizeof carts[count], "%s", store_text(rows, 0));
        parts[count] = (int32_t)store_int(rows, 1);
    }
    store_rows_end(rows);
    for (size_t i = 0; i < count; i++) {
        if (watermark_of(time, parts[i]) >= opened_ms)
            raise_for_cart(location, carts[i], SAY_ALERT_CART_VANISHED_BEFORE(carts[i]), opened_ms);
    }
}

static void mark_absent(struct location *location, const struct role_time *time)
{
    int64_t now_ms = time->now_ms;

    location->minute_ms = now_ms + ABSENT_MS;
    if (!hours_are_open(location->settings->hours, now_ms))
        return;
    tell_untold(location, time);
    for (enum cart_state from = 0; from < CART_STATES; from++) {
        enum cart_state to = cart_state_step(from, CART_UNHEARD).to;
        if (to != from)
            store_run(location->store, SQL_ABSENT_MARK, "ttti", cart_state_names[to],
                      cart_state_names[from], cart_state_names[CART_SILENT],
                      day_start_ms(day_of_ms(now_ms)));
    }
    store_run(location->store, SQL_ABSENT_INSERT, "t", cart_state_names[CART_ABSENT]);
}

static void look_each_minute(struct location *location, const struct role_time *time)
{
    mark_absent(location, time);
    end_link_of_none(location, time->now_ms);
    certificates_tell(location->store, location->lang, time->now_ms);
}

/* A clock that was set back waits no longer than one that goes on. */
static bool line_is_due(struct silence_line *line, int64_t now_ms)
{
    bool rests = now_ms < line->retry_ms && now_ms >= line->retry_ms - RETRIES_MAX * RETRY_MS;

    return !rests && silence_due(line) != NULL;
}

enum role_due location_silence_due(struct location *location, struct store *store, int64_t now_ms)
{
    bool due = false;

    if (now_ms >= location->watch_ms || now_ms < location->watch_ms - LOOK_MS) {
        location->watch_ms = now_ms + LOOK_MS;
        due = look_at_bridges(location, store, now_ms);
    }
    for (size_t i = 0; !due && i < silence_line_count(location->silence); i++)
        due = line_is_due(silence_line_at(location->silence, i), now_ms);
    if (due || !location->lines_known)
        return ROLE_DUE_WATERMARK;
    if (now_ms < location->minute_ms && now_ms >= location->minute_ms - ABSENT_MS)
        return ROLE_NOTHING_DUE;
    return hours_opened_ms(location->settings->hours, now_ms) != 0 ? ROLE_DUE_WATERMARK : ROLE_DUE;
}

/* After forgetting: nothing waits for the next record of a partition to be judged. */
static void load_ours(struct location *location, const struct role_time *time)
{
    for (size_t i = 0; i < time->watermark_count; i++)
        if (strcmp(time->watermarks[i].topic, TOPIC_PRESENCE) == 0)
            location_load(location, time->watermarks[i].partition);
    location->lines_known |= time->watermark_count > 0;
}

void location_silence_tick(struct location *location, const struct role_time *time)
{
    load_ours(location, time);
    for (size_t i = 0; i < silence_line_count(location->silence); i++)
        judge_line(location, silence_line_at(location->silence, i), time);
    tell_stalled(location, time);
    if (time->now_ms >= location->minute_ms || time->now_ms < location->minute_ms - ABSENT_MS)
        look_each_minute(location, time);
}

/* Drives the collector's roles through histories without Kafka: each line of standard input is a
 * command, each line of standard output its answer. So histories of years run in milliseconds.
 *
 *   {"open":{"options":["--tz=America/Santiago"],"instances":2,"store":"sqlite://:memory:"}}
 *       a new store and new roles; the options are the collector's own
 *   {"batch":{"role":"sales","instance":0,"now_ms":1,"outcome":"commit","records":[
 *       {"topic":"carrito.sales","partition":0,"offset":0,"append_ms":1,"key":"K","value":"V",
 *        "headers":{"ce_type":"state"}}]}}
 *       fence, begin, apply, end and commit, as processor.c does; "rollback" undoes all at the
 *       commit, "half" after the records given and before the end; then the role forgets. Here and
 * in a tick, "dies_at" n: the process is gone in the midst of SQLite's n-th write of it, or behind
 * the last
 *   {"tick":{"role":"sales","instance":0,"now_ms":1,"outcome":"commit",
 *            "passed":[{"topic":"carrito.sales","partition":0,"passed_ms":1}]}}
 *       asks what is due and ticks; answers {"due":0|1|2}; "passed" is what the broker would say
 *       of each partition of the instance
 *   {"assign":{"role":"sales","instance":0,"partitions":[{"topic":"carrito.sales","partition":0}]}}
 *       all that the instance had is gone, and these are its own now; the first thing it is told
 *   {"act":{"do":"assign","order":"…","cart":"BBCL23","now_ms":1}}
 *       an operator's or a buyer's, in dispatch: assign, release, hold, cancel; answers
 *       {"done":false} where the order's state does not allow it
 *   {"complete":[["BBCL23",20717]]}    answers {"complete":[true|false|null]}, of carts and days
 *   {"query":"SELECT …"}    answers {"rows":[…]}; the query's one column is JSON text
 *
 * Several instances share the store, as processes that take over from each other do. An error is
 * the program's end, with a line on standard error: the script on the other side is wrong. */
#include "collector/base/hash.h"
#include "collector/engine/position.h"
#include "collector/engine/role.h"
#include "collector/orders/dispatch.h"
#include "collector/sales/daily_row.h"
#include "collector/settings_load.h"

#include "lines.h"
#include "mortal_disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INSTANCES_MAX 4
#define ROLES_MAX     16
#define OPTIONS_MAX   32
#define QUERIES_MAX   256
#define SPOTS_MAX     64

/* A partition of a role, and which instance has it. */
struct spot {
    const struct role_calls *role;
    int instance;
    char topic[64];
    struct position position, ahead; /* as committed; where the batch in hand leads */
};

struct replay {
    struct store *store;
    struct settings settings;
    struct config_pairs pairs;
    void *states[INSTANCES_MAX][ROLES_MAX];
    int instances;
    bool is_open;
    struct spot spots[SPOTS_MAX];
    size_t spot_count;
    char *queries[QUERIES_MAX]; /* the store knows a statement by the address of its text */
};

/* In place of librdkafka's: a record's headers are its JSON. */
bool kafka_in_header(const struct kafka_record *record, const char *name, char *value, size_t size)
{
    const cJSON *headers = record->message;
    const char *found = headers != NULL ? optional_text(headers, name, NULL) : NULL;

    if (found == NULL)
        return false;
    snprintf(value, size, "%s", found);
    return true;
}

/* As random as a test needs it: instances only must differ. */
static const char *name_owner(int instance, char owner[OWNER_SIZE])
{
    snprintf(owner, OWNER_SIZE, "instance-%d", instance);
    return owner;
}

static void close_all(struct replay *replay)
{
    for (int i = 0; i < replay->instances; i++)
        for (size_t r = 0; role_at(r) != NULL; r++)
            role_at(r)->close(replay->states[i][r]);
    store_close(replay->store);
    for (size_t i = 0; i < QUERIES_MAX && replay->queries[i] != NULL; i++)
        free(replay->queries[i]);
    if (replay->is_open)
        config_free(&settings_spec, &replay->settings, &replay->pairs);
    *replay = (struct replay){ 0 };
}

static void load_settings(struct replay *replay, const cJSON *options)
{
    char *argv[OPTIONS_MAX + 2] = { "role_replay" };
    const cJSON *option;
    int argc = 1;

    cJSON_ArrayForEach(option, options)
    {
        if (argc > OPTIONS_MAX)
            die("too many options", option->valuestring);
        argv[argc++] = option->valuestring;
    }
    if (settings_load(&replay->settings, &replay->pairs, &argc, argv) != CONFIG_OK || argc != 1)
        die("bad options", argc > 1 ? argv[1] : "");
}

static void do_open(struct replay *replay, const cJSON *command)
{
    close_all(replay);
    load_settings(replay, cJSON_GetObjectItemCaseSensitive(command, "options"));
    replay->is_open = true;
    replay->store =
        store_open(optional_text(command, "store", "sqlite://:memory:"), STORE_REPEATABLE);
    if (replay->store == NULL || store_migrate(replay->store) != STORE_OK)
        die("no store", optional_text(command, "store", ""));
    replay->instances = (int)optional_int(command, "instances", 1);
    if (replay->instances > INSTANCES_MAX)
        die("too many instances", "at most 4");
    for (int i = 0; i < replay->instances; i++)
        for (size_t r = 0; role_at(r) != NULL; r++)
            replay->states[i][r] = role_at(r)->open(&replay->settings);
    puts("{}");
}

/* The role that a command is for, and its state. */
static const struct role_calls *role_of(struct replay *replay, const cJSON *command, void **state)
{
    const char *name = optional_text(command, "role", "");
    int64_t instance = optional_int(command, "instance", 0);

    if (instance < 0 || instance >= replay->instances)
        die("no such instance of the role", name);
    for (size_t r = 0; role_at(r) != NULL; r++)
        if (strcmp(role_at(r)->name, name) == 0) {
            *state = replay->states[instance][r];
            return role_at(r);
        }
    die("no such role", name);
}

static struct spot *find_spot(struct replay *replay, const struct role_calls *role,
                              const cJSON *partition)
{
    const char *topic = member(partition, "topic")->valuestring;
    int64_t number = optional_int(partition, "partition", 0);

    for (size_t i = 0; i < replay->spot_count; i++) {
        struct spot *spot = &replay->spots[i];
        if (spot->role == role && spot->position.partition == number &&
            strcmp(spot->topic, topic) == 0)
            return spot;
    }
    return NULL;
}

/* One that is there already goes from its owner to the instance. */
static void take_spot(struct replay *replay, const struct role_calls *role, const cJSON *partition,
                      int instance)
{
    struct spot *spot = find_spot(replay, role, partition);
    char owner[OWNER_SIZE];

    if (spot == NULL) {
        if (replay->spot_count == SPOTS_MAX)
            die("too many partitions", role->name);
        spot = &replay->spots[replay->spot_count++];
        snprintf(spot->topic, sizeof spot->topic, "%s", member(partition, "topic")->valuestring);
    }
    spot->role = role;
    spot->instance = instance;
    spot->position =
        (struct position){ .role = role->name,
                           .topic = spot->topic,
                           .partition = (int32_t)optional_int(partition, "partition", 0) };
    store_begin(replay->store);
    position_take(replay->store, name_owner(instance, owner), &spot->position);
    if (store_commit(replay->store) != STORE_OK)
        die("a partition cannot be taken", role->name);
    spot->ahead = spot->position;
}

static void do_assign(struct replay *replay, const cJSON *command)
{
    void *state;
    const struct role_calls *role = role_of(replay, command, &state);
    const cJSON *partition;

    role->forget(state);
    cJSON_ArrayForEach(partition, member(command, "partitions"))
        take_spot(replay, role, partition, (int)optional_int(command, "instance", 0));
    puts("{}");
}

static void apply(const struct role_calls *role, void *state, const cJSON *record)
{
    const char *key = optional_text(record, "key", NULL);
    const char *value = optional_text(record, "value", "");

    role->apply(state, &(struct kafka_record){
                           .topic = member(record, "topic")->valuestring,
                           .partition = (int32_t)optional_int(record, "partition", 0),
                           .offset = optional_int(record, "offset", 0),
                           .append_ms = optional_int(record, "append_ms", 0),
                           .key = key,
                           .key_length = key != NULL ? strlen(key) : 0,
                           .value = value,
                           .value_length = strlen(value),
                           .message = cJSON_GetObjectItemCaseSensitive(record, "headers"),
                       });
}

/* Where the batch leads, and the fence. */
static void advance(struct replay *replay, const struct role_calls *role, const cJSON *records)
{
    char owner[OWNER_SIZE];
    const cJSON *record;

    cJSON_ArrayForEach(record, records)
    {
        struct spot *spot = find_spot(replay, role, record);
        const char *value = optional_text(record, "value", "");
        if (spot == NULL)
            die("a record of a partition that nobody has", role->name);
        struct position before = spot->ahead;
        spot->ahead.next = optional_int(record, "offset", 0) + 1;
        spot->ahead.last_ms = optional_int(record, "append_ms", 0);
        spot->ahead.last_hash = hash_bytes(value, strlen(value));
        if (!position_advance(replay->store, name_owner(spot->instance, owner), &before,
                              &spot->ahead))
            die("the fence is shut", role->name);
    }
}

static void settle_spots(struct replay *replay, bool committed)
{
    for (size_t i = 0; i < replay->spot_count; i++) {
        struct spot *spot = &replay->spots[i];
        if (committed)
            spot->position = spot->ahead;
        else
            spot->ahead = spot->position;
    }
}

static void finish(struct replay *replay, const struct role_calls *role, void *state,
                   const char *outcome)
{
    bool commits = strcmp(outcome, "commit") == 0;

    if (strcmp(outcome, "half") != 0)
        role->end(state);
    if (commits && store_commit(replay->store) != STORE_OK)
        die("a transaction failed in role", role->name);
    settle_spots(replay, commits);
    if (!commits) {
        store_rollback(replay->store);
        role->forget(state);
    }
}

static void do_batch(struct replay *replay, const cJSON *command)
{
    void *state;
    const struct role_calls *role = role_of(replay, command, &state);
    const cJSON *records = member(command, "records"), *record;

    disk_dies_at((int)optional_int(command, "dies_at", 0));
    store_begin(replay->store);
    advance(replay, role, records);
    role->begin(state, replay->store, optional_int(command, "now_ms", 0));
    cJSON_ArrayForEach(record, records) apply(role, state, record);
    finish(replay, role, state, optional_text(command, "outcome", "commit"));
    disk_has_died();
    puts("{}");
}

/* Over all partitions that were assigned, numbered from 0. */
static int64_t watermark_of_all(struct replay *replay, const struct role_calls *role)
{
    int64_t all_ms = INT64_MAX;

    for (const char *const *topic = role->topics; *topic != NULL; topic++) {
        int32_t count = 0;
        for (size_t i = 0; i < replay->spot_count; i++)
            count += replay->spots[i].role == role && strcmp(replay->spots[i].topic, *topic) == 0;
        int64_t watermark_ms = position_watermark(replay->store, role->name, *topic, count);
        if (count > 0 && watermark_ms < all_ms)
            all_ms = watermark_ms;
    }
    return all_ms;
}

/* What the processor would say of the partitions that the command names; under their fence. */
static void pass(struct replay *replay, const struct role_calls *role, const cJSON *list,
                 struct role_time *time)
{
    static struct role_watermark marks[SPOTS_MAX];
    char owner[OWNER_SIZE];
    const cJSON *partition;

    cJSON_ArrayForEach(partition, list)
    {
        struct spot *spot = find_spot(replay, role, partition);
        int64_t watermark_ms = optional_int(partition, "passed_ms", 0);
        if (spot == NULL || time->watermark_count == SPOTS_MAX ||
            !position_pass(replay->store, name_owner(spot->instance, owner), &spot->position,
                           watermark_ms))
            die("the fence is shut", role->name);
        marks[time->watermark_count++] =
            (struct role_watermark){ spot->topic, spot->position.partition, watermark_ms,
                                     watermark_ms >= time->now_ms };
    }
    time->watermarks = marks;
    time->watermark_ms = watermark_of_all(replay, role);
}

static void do_tick(struct replay *replay, const cJSON *command)
{
    void *state;
    const struct role_calls *role = role_of(replay, command, &state);
    struct role_time time = { .now_ms = optional_int(command, "now_ms", 0) };
    time.kafka_ms = time.now_ms;
    enum role_due due =
        role->due != NULL ? role->due(state, replay->store, &time) : ROLE_NOTHING_DUE;

    store_rollback(replay->store);
    printf("{\"due\":%d}\n", (int)due);
    if (due == ROLE_NOTHING_DUE)
        return;
    disk_dies_at((int)optional_int(command, "dies_at", 0));
    store_begin(replay->store);
    if (due == ROLE_DUE_WATERMARK)
        pass(replay, role, member(command, "passed"), &time);
    role->begin(state, replay->store, time.now_ms);
    role->tick(state, &time);
    finish(replay, role, state, optional_text(command, "outcome", "commit"));
    disk_has_died();
}

static bool act_on(struct dispatch *dispatch, struct order *order, const cJSON *command)
{
    const char *act = member(command, "do")->valuestring;

    if (strcmp(act, "assign") == 0)
        return dispatch_assign(dispatch, order, member(command, "cart")->valuestring);
    if (strcmp(act, "release") == 0)
        return dispatch_release(dispatch, order);
    if (strcmp(act, "hold") == 0)
        return dispatch_hold(dispatch, order);
    if (strcmp(act, "cancel") == 0)
        return dispatch_cancel(dispatch, order);
    die("no such act", act);
}

static void do_act(struct replay *replay, const cJSON *command)
{
    struct dispatch dispatch = { 0 };
    struct order order;

    store_begin(replay->store);
    dispatch_begin(&dispatch, &replay->settings, replay->store, optional_int(command, "now_ms", 0));
    bool done = order_book_read(replay->store, member(command, "order")->valuestring, &order) &&
                act_on(&dispatch, &order, command);
    dispatch_free(&dispatch);
    if (store_commit(replay->store) != STORE_OK)
        die("an act failed", order.id);
    printf("{\"done\":%s}\n", done ? "true" : "false");
}

static void do_complete(struct replay *replay, const cJSON *command)
{
    const char *comma = "";
    const cJSON *pair;

    fputs("{\"complete\":[", stdout);
    cJSON_ArrayForEach(pair, command)
    {
        const cJSON *cart = cJSON_GetArrayItem(pair, 0), *day = cJSON_GetArrayItem(pair, 1);
        if (!cJSON_IsString(cart) || !cJSON_IsNumber(day))
            die("complete takes carts and days", "");
        printf("%s%s", comma,
               daily_complete(replay->store, cart->valuestring, (int64_t)day->valuedouble));
        comma = ",";
    }
    puts("]}");
    store_rollback(replay->store);
}

static const char *kept_text(struct replay *replay, const char *sql)
{
    size_t i = 0;

    while (i < QUERIES_MAX && replay->queries[i] != NULL && strcmp(replay->queries[i], sql) != 0)
        i++;
    if (i == QUERIES_MAX)
        die("too many different queries", sql);
    if (replay->queries[i] == NULL)
        replay->queries[i] = strdup(sql);
    return replay->queries[i];
}

static void do_query(struct replay *replay, const cJSON *command)
{
    struct store_rows *rows =
        store_query(replay->store, kept_text(replay, command->valuestring), "");
    const char *comma = "";

    fputs("{\"rows\":[", stdout);
    for (; store_next(rows); comma = ",")
        printf("%s%s", comma, store_is_null(rows, 0) ? "null" : store_text(rows, 0));
    puts("]}");
    if (store_status(replay->store) != STORE_OK)
        die("a query failed", command->valuestring);
}

static const struct line_command commands[] = {
    { "open", do_open },     { "batch", do_batch }, { "tick", do_tick },
    { "assign", do_assign }, { "query", do_query }, { "complete", do_complete },
    { "act", do_act },
};

static bool is_open(const struct replay *replay)
{
    return replay->store != NULL;
}

static const struct line_commands lines = { commands, sizeof commands / sizeof *commands, is_open };

int main(void)
{
    struct replay replay = { 0 };
    char *line = NULL;
    size_t size = 0;

    if (!hash_init())
        die("no library for hashes", "libsodium");
    while (getline(&line, &size, stdin) > 0)
        run_line(&lines, &replay, line);
    close_all(&replay);
    free(line);
    return 0;
}

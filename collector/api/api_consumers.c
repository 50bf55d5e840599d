/* The consumer roles: where they stand in Kafka and how far that is from its end. */
#include "collector/api/api_parts.h"
#include "collector/call/list.h"
#include "collector/engine/role.h"
#include "collector/kafka/kafka_ends.h"
#include "collector/store/role_desired.h"

#include "api_consumers_sql.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROLE_SIZE 33
#define NOTIFY    "notify" /* no consumer of Kafka, but it stops and starts like one */

static const struct column columns[] = {
    { "role", CELL_TEXT },   { "state", CELL_TEXT },     { "lag", CELL_INT },
    { "rate", CELL_NUMBER }, { "partitions", CELL_OWN },
};

/* All that is shown, read before it is written: the lag is said before its partitions. */
struct picture {
    struct api_role roles[API_ROLES_MAX]; /* of this process */
    size_t role_count;
    struct kafka_end ends[KAFKA_ENDS_MAX];
    char role_of[KAFKA_ENDS_MAX][ROLE_SIZE];
    int64_t next[KAFKA_ENDS_MAX];
    size_t count;
    enum role_desired desired; /* for the role in hand */
};

static void read_positions(struct store *store, struct picture *picture)
{
    struct store_rows *rows = store_query(store, SQL_CONSUMERS_POSITIONS, "");
    while (picture->count < KAFKA_ENDS_MAX && store_next(rows)) {
        struct kafka_end *end = &picture->ends[picture->count];
        snprintf(picture->role_of[picture->count], ROLE_SIZE, "%s", store_text(rows, 0));
        snprintf(end->topic, sizeof end->topic, "%s", store_text(rows, 1));
        end->partition = (int32_t)store_int(rows, 2);
        picture->next[picture->count++] = store_int(rows, 3);
    }
    store_rows_end(rows);
}

static const char *smaller(const char *a, const char *b)
{
    return a == NULL || strcmp(b, a) < 0 ? b : a;
}

/* The role that comes next after `last` by name, among all that consume and those in the store. */
static const char *next_role(const struct picture *picture, const char *last)
{
    const struct role_calls *role;
    const char *next = NULL;
    for (size_t i = 0; (role = role_at(i)) != NULL; i++)
        if (strcmp(role->name, last) > 0)
            next = smaller(next, role->name);
    for (size_t i = 0; i < picture->count; i++)
        if (strcmp(picture->role_of[i], last) > 0)
            next = smaller(next, picture->role_of[i]);
    return strcmp(NOTIFY, last) > 0 ? smaller(next, NOTIFY) : next;
}

static const struct api_role *role_here(const struct picture *picture, const char *name)
{
    for (size_t i = 0; i < picture->role_count; i++)
        if (strcmp(picture->roles[i].name, name) == 0)
            return &picture->roles[i];
    return NULL;
}

/* A position that is past the end belongs to a Kafka that lost data; that is no negative lag. */
static int64_t lag_of(const struct picture *picture, size_t i)
{
    int64_t lag = picture->ends[i].end - picture->next[i];
    return lag > 0 ? lag : 0;
}

/* The role's partitions as JSON, and as text for tables. Returns the lag; -1 where it is not
 * known of all of them. */
static int64_t write_partitions(const struct picture *picture, const char *role,
                                struct buffer *text, struct buffer *table)
{
    int64_t lag = 0;
    bool known = true, any = false;
    struct json_writer json = json_write_to(text);
    json_array_begin(&json, NULL);
    buffer_text(table, "");
    for (size_t i = 0; i < picture->count; i++) {
        const struct kafka_end *end = &picture->ends[i];
        if (strcmp(picture->role_of[i], role) != 0)
            continue;
        json_object_begin(&json, NULL);
        json_text(&json, "topic", end->topic);
        json_int(&json, "partition", end->partition);
        json_int(&json, "position", picture->next[i]);
        if (end->end >= 0)
            json_int(&json, "end", end->end);
        else
            json_null(&json, "end");
        json_object_end(&json);
        buffer_format(table, "%s%s/%d:%lld", table->length > 0 ? " " : "", end->topic,
                      (int)end->partition, (long long)picture->next[i]);
        known = known && end->end >= 0;
        any = true;
        lag += lag_of(picture, i);
    }
    json_array_end(&json);
    return any && known ? lag : -1;
}

/* A role that runs in another process is known by its desired and its positions only. */
static const char *state_of(const struct api_role *here, enum role_desired desired)
{
    if (here != NULL)
        return here->running ? "running" : "stopped";
    return desired == ROLE_DESIRED_STOP ? "stopped" : NULL;
}

static void write_role(const struct picture *picture, const char *name, struct list_out *out)
{
    const struct api_role *here = role_here(picture, name);
    struct buffer text = { 0 }, table = { 0 };
    int64_t lag = write_partitions(picture, name, &text, &table);
    list_text(out, name);
    list_text(out, state_of(here, picture->desired));
    if (lag >= 0)
        list_int(out, lag);
    else
        list_text(out, NULL);
    list_number(out, here != NULL ? here->rate : NAN);
    list_own_cell(out, &text, table.bytes);
    buffer_free(&text);
    buffer_free(&table);
}

static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    const struct api_options *options = api_options(api_of(request->frame));
    struct picture *picture = calloc(1, sizeof *picture);
    if (picture == NULL)
        abort();
    if (options->roles != NULL)
        picture->role_count = options->roles(options->owner, picture->roles, API_ROLES_MAX);
    read_positions(store, picture);
    kafka_ends_read(api_kafka_ends(api_of(request->frame)), picture->ends, picture->count);
    const char *name = request->after.texts[0];
    while ((name = next_role(picture, name)) != NULL && list_row_begin(out)) {
        struct page_key key = { 0 };
        snprintf(key.texts[0], sizeof key.texts[0], "%s", name);
        picture->desired = role_desired_read(store, name, ROLE_DESIRED_RUN);
        write_role(picture, name, out);
        list_row_end(out, &key);
    }
    free(picture);
}

static const struct list consumers = {
    .name = "consumers",
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
    .key_types = "t",
    .fetch = fetch,
};

static void consumers_list(struct api_call *call)
{
    struct list_request request = { .list = &consumers };
    list_answer(call, &request);
}

/* What is desired, not yet what is: each process follows within a second. */
static void set_desired(struct api_call *call, enum role_desired desired, const char *action)
{
    const char *role = call->match.parameters[0];
    if (strcmp(role, "api") == 0) {
        call_problem(call, PROBLEM_NO_CONSUMER, NULL, role);
        return;
    }
    if (role_find(role) == NULL && strcmp(role, NOTIFY) != 0) {
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        return;
    }
    if (!store_begin(call->store))
        return;
    role_desired_set(call->store,
                     &(struct role_desired_change){ role, desired, call->who.name, call->now_ms });
    call_acted(call, action, role, NULL);
    struct json_writer json = call_json(call, 202);
    json_object_begin(&json, NULL);
    json_text(&json, "id", role); /* what comes of it is that row of GET /consumers */
    json_text(&json, "role", role);
    json_text(&json, "wish", desired == ROLE_DESIRED_STOP ? "stopped" : "running");
    json_object_end(&json);
    call_commit(call);
}

static void consumers_stop(struct api_call *call)
{
    set_desired(call, ROLE_DESIRED_STOP, "consumer-stop");
}

static void consumers_start(struct api_call *call)
{
    set_desired(call, ROLE_DESIRED_RUN, "consumer-start");
}

static const struct route routes[] = {
    { "GET", API "/consumers", WHO_READS, ROUTE_KAFKA | ROUTE_LIST, NULL, consumers_list },
    { "POST", API "/consumers/{role}/stop", WHO_ACTS, ROUTE_DO_ONCE, NULL, consumers_stop },
    { "POST", API "/consumers/{role}/start", WHO_ACTS, ROUTE_DO_ONCE, NULL, consumers_start },
};
const struct route_table consumers_routes = ROUTE_TABLE_OF(routes);

/* What tests of the role `location` share: an office with a store in memory, and records to take.
 * Headers of a record are set beside it, in place of librdkafka's. */
#ifndef CARRITO_TESTS_LOCATION_OFFICE_H
#define CARRITO_TESTS_LOCATION_OFFICE_H

#include "collector/base/settings.h"
#include "collector/engine/role.h"
#include "common/day.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOON      1790000000000LL
#define EPOCH     "9f0c9f0c9f0c9f0c"
#define EPOCH_2   "0a0a0a0a0a0a0a0a"
#define CART      "BBCL23"
#define EVENT_MAX 512

#define QUESTIONS_MAX 64
#define QUESTION_MAX  512
#define ANSWER_MAX    512

/* What the record in hand has for headers, and its key. */
struct headers {
    const char *type, *retained, *former, *bridge, *key, *rule;
};
static struct headers headers;

bool kafka_in_header(const struct kafka_record *record, const char *name, char *value, size_t size)
{
    const char *found = strcmp(name, "ce_type") == 0          ? headers.type
                        : strcmp(name, "retained") == 0       ? headers.retained
                        : strcmp(name, "former") == 0         ? headers.former
                        : strcmp(name, "bridge") == 0         ? headers.bridge
                        : strcmp(name, "owntracks-cart") == 0 ? headers.rule
                                                              : NULL;

    (void)record;
    if (found == NULL)
        return false;
    snprintf(value, size, "%s", found);
    return true;
}

struct office {
    struct store *store;
    struct settings settings;
    void *role;
    int64_t offset;
    char questions[QUESTIONS_MAX][QUESTION_MAX];
    size_t asked;
    char answer[ANSWER_MAX];
};

static int open_office(void **state)
{
    struct office *office = calloc(1, sizeof *office);

    if (office == NULL || !day_set_zone("America/Santiago"))
        return -1;
    office->store = store_open("sqlite://:memory:", STORE_REPEATABLE);
    office->settings.silence_s = 60;
    office->settings.silence_phone_s = 2100;
    office->settings.lang = "en";
    office->role = role_location.open(&office->settings);
    headers = (struct headers){ 0 };
    *state = office;
    return store_migrate(office->store) == STORE_OK ? 0 : -1;
}

static int close_office(void **state)
{
    struct office *office = *state;

    role_location.close(office->role);
    store_close(office->store);
    free(office);
    return 0;
}

/* A batch of one; `now_ms` is our clock, some milliseconds after Kafka's. */
static void take_from(struct office *office, int32_t partition, const char *topic,
                      const char *value, int64_t append_ms)
{
    const char *key = headers.key != NULL ? headers.key : CART;
    struct kafka_record record = { .topic = topic,
                                   .partition = partition,
                                   .offset = office->offset++,
                                   .append_ms = append_ms,
                                   .key = key,
                                   .key_length = strlen(key),
                                   .value = value,
                                   .value_length = strlen(value) };

    assert_true(store_begin(office->store));
    role_location.begin(office->role, office->store, append_ms + 10);
    role_location.apply(office->role, &record);
    role_location.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static inline void take(struct office *office, const char *topic, const char *value,
                        int64_t append_ms)
{
    take_from(office, 0, topic, value, append_ms);
}

static inline void take_state(struct office *office, const char *word, int64_t append_ms)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text,
             "{\"state\":\"%s\",\"epoch\":\"" EPOCH
             "\",\"session\":3,\"version\":\"0.1.0\",\"ts_ms\":%lld}",
             word, (long long)append_ms);
    headers.type = "state";
    take(office, "carrito.presence", text, append_ms);
    headers.type = NULL;
}

/* The first column of the first row as text, "" where there is none. A statement is known by the
 * address of its text. */
static inline const char *ask(struct office *office, const char *sql)
{
    char *question = office->questions[office->asked++];

    assert_true(office->asked <= QUESTIONS_MAX && strlen(sql) < QUESTION_MAX);
    snprintf(question, QUESTION_MAX, "%s", sql);
    struct store_rows *rows = store_query(office->store, question, "");
    const char *text = store_next(rows) ? store_text(rows, 0) : "";
    snprintf(office->answer, sizeof office->answer, "%s", text != NULL ? text : "null");
    store_rows_end(rows);
    return office->answer;
}

static inline int64_t number(struct office *office, const char *column)
{
    char sql[QUESTION_MAX];

    snprintf(sql, sizeof sql, "SELECT COALESCE(%s, -1) FROM carts WHERE cart = '" CART "'", column);
    const char *text = ask(office, sql);
    assert_string_not_equal(text, "");
    return strtoll(text, NULL, 10);
}

static inline void assert_state(struct office *office, const char *expected)
{
    assert_string_equal(ask(office, "SELECT state FROM carts WHERE cart = '" CART "'"), expected);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_office, close_office, NULL                                            \
    }

#endif

/* table → rows of the person → told, or replaced. */
#include "collector/people/people.h"

#include "collector/people/people_alerts.h"

#include "people_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE 32

/* A text that the person is a part of, and its row. */
struct part {
    char *key, *key2;
    struct buffer text;
};

struct parts {
    struct part *list;
    size_t count;
};

/* ---- texts ---- */

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static const char *text_of(struct store_rows *rows, const struct person_place *place,
                           size_t *length)
{
    const char *text = place->type == 'b' ? store_bytes(rows, 2, length) : store_text(rows, 2);

    if (place->type != 'b')
        *length = text != NULL ? strlen(text) : 0;
    return text;
}

static void keep(struct parts *parts, struct store_rows *rows, struct buffer *text)
{
    parts->list = must(realloc(parts->list, (parts->count + 1) * sizeof *parts->list));
    parts->list[parts->count++] =
        (struct part){ store_text_copy(rows, 0), store_text_copy(rows, 1), *text };
    *text = (struct buffer){ 0 };
}

/* The texts of the place with this spelling, as they are to be. */
static void read_parts(struct store *store, const struct person_place *place,
                       const struct person_key *key, const char *spelling, struct parts *parts)
{
    struct store_rows *rows = store_query(store, place->find, "t", spelling);
    struct buffer text = { 0 };
    size_t length = 0;

    while (store_next(rows)) {
        const char *now = text_of(rows, place, &length);
        buffer_clear(&text);
        if (now != NULL && person_replace(now, length, spelling, key, &text) > 0)
            keep(parts, rows, &text);
    }
    store_rows_end(rows);
    buffer_free(&text);
}

static void free_parts(struct parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        free(parts->list[i].key);
        free(parts->list[i].key2);
        buffer_free(&parts->list[i].text);
    }
    free(parts->list);
    *parts = (struct parts){ 0 };
}

static int64_t replace_parts(struct store *store, const struct person_place *place,
                             const struct parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->list[i];
        if (place->type == 'b')
            store_run(store, place->replace, "btt", part->text.bytes, part->text.length, part->key,
                      part->key2);
        else
            store_run(store, place->replace, "ttt", part->text.bytes, part->key, part->key2);
    }
    return (int64_t)parts->count;
}

/* ---- found ---- */

/* Moves to the next of "name name:i"; false at the end. */
static bool next_column(const char **columns, char name[NAME_SIZE], char *type)
{
    size_t length = strcspn(*columns, " :");

    if (length == 0)
        return false;
    snprintf(name, NAME_SIZE, "%.*s", (int)length, *columns);
    *columns += length;
    *type = **columns == ':' ? (*columns)[1] : 't';
    *columns += strcspn(*columns, " ");
    *columns += **columns == ' ';
    return true;
}

static void write_cell(struct store_rows *rows, int index, const char *name, char type,
                       struct json_writer *json)
{
    if (store_is_null(rows, index))
        json_null(json, name);
    else if (type == 'i')
        json_int(json, name, store_int(rows, index));
    else if (type == 'm')
        json_time(json, name, store_int(rows, index));
    else if (type == 'n')
        json_number(json, name, store_number(rows, index));
    else
        json_text(json, name, store_text(rows, index));
}

static void write_row(struct store_rows *rows, const char *columns, struct json_writer *json)
{
    char name[NAME_SIZE], type;

    json_object_begin(json, NULL);
    for (int i = 0; next_column(&columns, name, &type); i++)
        write_cell(rows, i, name, type, json);
    json_object_end(json);
}

static void find_parts(struct store *store, const struct person_place *place,
                       const struct person_key *key, struct json_writer *json)
{
    struct person_spellings spellings;

    person_spell(store, key, &spellings);
    for (size_t i = 0; i < spellings.count; i++) {
        struct store_rows *rows = store_query(store, place->find, "t", spellings.texts[i]);
        size_t length = 0;
        while (store_next(rows)) {
            const char *text = text_of(rows, place, &length);
            struct buffer unused = { 0 };
            if (text != NULL &&
                person_replace(text, length, spellings.texts[i], key, &unused) > 0) {
                json_object_begin(json, NULL);
                json_text(json, "id", store_text(rows, 0));
                json_text_n(json, "text", text, length);
                json_object_end(json);
            }
            buffer_free(&unused);
        }
        store_rows_end(rows);
    }
}

static void find_rows(struct store *store, const struct person_place *place,
                      const struct person_key *key, struct json_writer *json)
{
    struct store_rows *rows = store_query(store, place->find, "t", key->text);

    while (store_next(rows))
        write_row(rows, place->columns, json);
    store_rows_end(rows);
}

void person_find(struct store *store, const struct person_key *key, struct json_writer *json)
{
    const struct person_place *place;

    json_array_begin(json, "places");
    for (size_t i = 0; (place = person_place(i)) != NULL; i++) {
        struct buffer rows = { 0 };
        struct json_writer inner = json_write_to(&rows);
        if ((place->kinds & 1U << key->kind) == 0)
            continue;
        json_array_begin(&inner, NULL);
        if (place->erase != NULL)
            find_rows(store, place, key, &inner);
        else
            find_parts(store, place, key, &inner);
        json_array_end(&inner);
        if (rows.length > strlen("[]")) {
            json_object_begin(json, NULL);
            json_text(json, "table", place->table);
            json_raw(json, "rows", rows.bytes, rows.length);
            json_object_end(json);
        }
        buffer_free(&rows);
    }
    json_array_end(json);
}

/* ---- erased ---- */

static int64_t erase_rows(struct store *store, const struct person_place *place,
                          const struct person_key *key)
{
    store_run(store, place->erase, "tt", key->pseudonym, key->text);
    return store_status(store) == STORE_OK ? store_changed(store) : 0;
}

static int64_t erase_parts(struct store *store, const struct person_place *place,
                           const struct person_key *key, const struct person_spellings *spellings)
{
    struct parts parts = { 0 };
    int64_t changed = 0;

    for (size_t i = 0; i < spellings->count; i++) {
        read_parts(store, place, key, spellings->texts[i], &parts);
        changed += replace_parts(store, place, &parts);
        free_parts(&parts);
    }
    return changed;
}

void person_erase(struct store *store, const struct person_key *key, int64_t now_ms,
                  struct json_writer *json)
{
    const struct person_place *place;
    struct person_spellings spellings;

    store_run(store, SQL_PEOPLE_FENCE, "");
    store_run(store, SQL_PEOPLE_UNCHECKED, "t", key->text);
    person_spell(store, key, &spellings); /* before the rows go that tell them */
    json_array_begin(json, "places");
    for (size_t i = 0; (place = person_place(i)) != NULL; i++) {
        if ((place->kinds & 1U << key->kind) == 0)
            continue;
        int64_t changed = place->erase != NULL ? erase_rows(store, place, key)
                                               : erase_parts(store, place, key, &spellings);
        if (changed > 0) {
            json_object_begin(json, NULL);
            json_text(json, "table", place->table);
            json_int(json, "rows", changed);
            json_object_end(json);
        }
    }
    json_array_end(json);
    people_alerts_again(store, key, now_ms);
    person_remember(store, key, now_ms);
}

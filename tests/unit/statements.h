/* Every statement of a folder of SQL files, and how SQLite would find its rows. A plan that reads a
 * table from one end to the other (SCAN) is a decision: it stands in a list, with its reason. */
#ifndef CARRITO_TESTS_STATEMENTS_H
#define CARRITO_TESTS_STATEMENTS_H

#include <glob.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SCANS_MAX      200
#define REASON_MIN     10 /* letters: a word is none */
#define STATEMENTS_MIN 40
#define MARKER         "-- name: "

struct scans {
    char *lines[SCANS_MAX]; /* "statement | plan | reason" */
    bool met[SCANS_MAX];
    size_t count;
    int statements, unlisted;
};

static char *statements_slurp(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t room = 0;

    assert_non_null(file);
    assert_true(getdelim(&text, &room, '\0', file) > 0);
    fclose(file);
    return text;
}

/* A line that begins with # is for the reader. */
static void scans_read(struct scans *scans, const char *path)
{
    char *text = statements_slurp(path), *rest = text, *line;

    *scans = (struct scans){ .count = 0 };
    while ((line = strsep(&rest, "\n")) != NULL)
        if (line[0] != '\0' && line[0] != '#') {
            assert_true(scans->count < SCANS_MAX);
            scans->lines[scans->count++] = strdup(line);
        }
    free(text);
}

static void scans_free(struct scans *scans)
{
    for (size_t i = 0; i < scans->count; i++)
        free(scans->lines[i]);
}

static bool scans_meet(struct scans *scans, const char *name, const char *plan)
{
    char key[512];
    int length = snprintf(key, sizeof key, "%s | %s | ", name, plan);
    bool met = false;

    for (size_t i = 0; i < scans->count; i++)
        if (strncmp(scans->lines[i], key, (size_t)length) == 0)
            met = scans->met[i] = true;
    return met;
}

/* By its own line, or by one for every statement: of a table that has one row. */
static void scans_hold(struct scans *scans, const char *name, const char *plan)
{
    if (scans_meet(scans, name, plan) || scans_meet(scans, "*", plan))
        return;
    print_error("not in the list: %s | %s | why?\n", name, plan);
    scans->unlisted++;
}

static void statements_plan(sqlite3 *db, const char *name, const char *sql, struct scans *scans)
{
    char *asked = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
    sqlite3_stmt *row = NULL;

    if (sqlite3_prepare_v2(db, asked, -1, &row, NULL) != SQLITE_OK)
        fail_msg("%s: %s", name, sqlite3_errmsg(db));
    while (sqlite3_step(row) == SQLITE_ROW) {
        const char *plan = (const char *)sqlite3_column_text(row, 3);
        if (strncmp(plan, "SCAN ", 5) == 0 && strcmp(plan, "SCAN CONSTANT ROW") != 0)
            scans_hold(scans, name, plan);
    }
    sqlite3_finalize(row);
    sqlite3_free(asked);
}

/* A script has several. */
static void statements_each(sqlite3 *db, const char *name, const char *sql, struct scans *scans)
{
    while (sql[strspn(sql, " \n")] != '\0') {
        sqlite3_stmt *unused = NULL;
        const char *tail = NULL;
        if (sqlite3_prepare_v2(db, sql, -1, &unused, &tail) != SQLITE_OK)
            fail_msg("%s: %s", name, sqlite3_errmsg(db));
        if (unused != NULL) {
            char *one = strndup(sql, (size_t)(tail - sql));
            statements_plan(db, name, one, scans);
            scans->statements++;
            free(one);
        }
        sqlite3_finalize(unused);
        sql = tail;
    }
}

static void statements_file(sqlite3 *db, const char *path, struct scans *scans)
{
    char *text = statements_slurp(path);
    char *at = strstr(text, MARKER);

    while (at != NULL) {
        char *name = at + strlen(MARKER);
        char *next = strstr(name, MARKER);
        char *sql = strchr(name, '\n');
        assert_non_null(sql);
        *sql++ = '\0';
        if (next != NULL)
            next[-1] = '\0';
        statements_each(db, name, sql, scans);
        at = next;
    }
    free(text);
}

/* All of the folder's files: how many scans are not in the list, and lines of it that are met by
 * none or do not say why. */
static int statements_judge(sqlite3 *db, const char *pattern, const char *list)
{
    struct scans scans;
    glob_t files;

    scans_read(&scans, list);
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        statements_file(db, files.gl_pathv[i], &scans);
    for (size_t i = 0; i < scans.count; i++) {
        const char *reason = strrchr(scans.lines[i], '|');
        if (!scans.met[i] || reason == NULL || strlen(reason) < REASON_MIN) {
            print_error("no scan any more, or no reason: %s\n", scans.lines[i]);
            scans.unlisted++;
        }
    }
    assert_true(scans.statements > STATEMENTS_MIN); /* else the folder is another one */
    scans_free(&scans);
    globfree(&files);
    return scans.unlisted;
}

#endif

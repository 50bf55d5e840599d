/* A short list in a table. */
#include "agent/outbox_answers.h"

#include "answers_sql.h"

enum database_result outbox_answers_keep(sqlite3 *db, const struct outbox_answer *answer)
{
    sqlite3_stmt *insert = NULL, *prune = NULL;
    enum database_result result = DATABASE_OK;

    if (answer == NULL || answer->id == NULL)
        return DATABASE_OK;
    result = database_run(
        db, database_bind(db, &insert, SQL_ANSWER_INSERT, "tt", answer->id, answer->text->bytes));
    if (result == DATABASE_OK)
        result = database_run(
            db, database_bind(db, &prune, SQL_ANSWERS_PRUNE, "i", (int64_t)ANSWERS_MAX));
    sqlite3_finalize(insert);
    sqlite3_finalize(prune);
    return result;
}

bool outbox_answers_find(sqlite3 *db, const char *id, struct buffer *text)
{
    sqlite3_stmt *read = NULL;
    sqlite3_stmt *row = database_bind(db, &read, SQL_ANSWER_READ, "t", id);
    bool found = row != NULL && sqlite3_step(row) == SQLITE_ROW;

    if (found)
        buffer_append(text, sqlite3_column_text(row, 0), (size_t)sqlite3_column_bytes(row, 0));
    sqlite3_finalize(read);
    return found;
}

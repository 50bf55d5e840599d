/* The number of the outbox's schema (common/schema_step.h): judged before anything is changed, and
 * brought up step by step. */
#ifndef CARRITO_AGENT_OUTBOX_SCHEMA_H
#define CARRITO_AGENT_OUTBOX_SCHEMA_H

#include "agent/database.h"
#include "common/schema_step.h"

/* True, with a sentence, where the file is sound but not for this program: only a newer one may
 * work on it, or no release has made it. Not a byte of it is changed. False too where it cannot be
 * read, which is another matter. */
bool outbox_schema_refuses(const char *path, char reason[SCHEMA_REASON_SIZE]);

/* Brings the tables up to the newest step; makes those of an empty file. For a file that is not
 * refused, by its one writer. */
enum database_result outbox_schema_bring_up(sqlite3 *db);

/* For a file that is only read: what an earlier release's tables lack of ours is there for this
 * connection, and empty. */
enum database_result outbox_schema_lend(sqlite3 *db);

#endif

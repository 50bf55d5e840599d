/* The answers to the vendor's last requests, by the id that each request carries.
 *
 * Whoever is not answered asks again; what was done already is answered with the same words, also
 * by an agent that was started since. They are kept in the transaction of the act itself: there is
 * no act without its answer, and no answer without its act. */
#ifndef CARRITO_AGENT_OUTBOX_ANSWERS_H
#define CARRITO_AGENT_OUTBOX_ANSWERS_H

#include "agent/database.h"
#include "common/buffer.h"

#define ANSWERS_MAX       64 /* a client asks again for seconds; nobody acts so often in them */
#define REQUEST_ID_MAX    64 /* code points */
#define REQUEST_ID_LENGTH 32 /* of those that our own client makes */

struct outbox_answer {
    const char *id;            /* NULL: the request has none, nothing is kept */
    const struct buffer *text; /* read at the end of the transaction */
};

/* Within the caller's transaction. */
enum database_result outbox_answers_keep(sqlite3 *db, const struct outbox_answer *answer);
/* Appends the answer; false where there is none (or where the file cannot be read, which the act
 * that follows will show). */
bool outbox_answers_find(sqlite3 *db, const char *id, struct buffer *text);

#endif

/* What a mail says, when it is sent: its template filled in, a day's report with its table, or a
 * digest of mails that were too many. */
#ifndef CARRITO_COLLECTOR_NOTIFY_COMPOSE_H
#define CARRITO_COLLECTOR_NOTIFY_COMPOSE_H

#include "collector/notify/notify_rows.h"

struct settings;

struct mail_letter {
    struct buffer subject, body, attachment;
    char attachment_name[48]; /* "": none */
};

/* Fills in `letter`, which is empty; reads the store, in the caller's read transaction. False where
 * there is no such template. */
bool mail_compose(struct store *store, const struct settings *settings, const struct mail_row *row,
                  struct mail_letter *letter);
void mail_letter_free(struct mail_letter *letter);

#endif

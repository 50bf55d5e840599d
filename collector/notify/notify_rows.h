/* Mails as rows of the store: which are due, how much a recipient got, and what became of one. */
#ifndef CARRITO_COLLECTOR_NOTIFY_ROWS_H
#define CARRITO_COLLECTOR_NOTIFY_ROWS_H

#include "collector/notify/notify_plan.h"
#include "collector/store/store.h"

#include <stdbool.h>

/* Owned texts; `order` and `mailbox` may be NULL. */
struct mail_row {
    char *id, *recipient, *template, *parameters, *order;
    char *mailbox; /* of a stranger (mail.h), that it counts for; NULL: the guild's */
    int64_t created_ms, attempts;
    int64_t first_ms; /* when it was tried first; 0: never */
};

#define MAIL_ROW_MAILBOX 8 /* the column; null: the guild's */
void mail_row_read(struct mail_row *row, struct store_rows *rows);
void mail_row_free(struct mail_row *row);

/* What is due: a query whose rows mail_row_read() reads, the longest due first. */
struct store_rows *mail_rows_due(struct store *store, int64_t now_ms, int64_t limit);
/* The members of a digest, in order. */
struct store_rows *mail_rows_of_digest(struct store *store, const char *digest);
int64_t mail_digest_count(struct store *store, const char *digest);

/* Which mails a limit counts: the guild's or strangers' to this recipient, strangers' to this
 * mailbox, all to strangers. */
enum mail_share { SHARE_GUILD, SHARE_STRANGER, SHARE_MAILBOX, SHARE_STRANGERS };

/* Whether this mail counts where the other one takes its share. */
bool mail_row_shares(const struct mail_row *row, enum mail_share share,
                     const struct mail_row *other);
/* What stands for many, or was asked for by hand, is under no limit. */
bool mail_row_is_exempt(const struct mail_row *row);
/* Fills in `sent` and `oldest_ms` from what the store says; limit and in_hand are the caller's. */
void mail_flow_read(struct store *store, enum mail_share share, const struct mail_row *row,
                    struct mail_flow *flow);

struct mail_end {
    const struct mail_row *row;
    struct mail_verdict verdict;
    const char *answer;
    int64_t at_ms;      /* when it came to that */
    int64_t written_ms; /* now */
};

/* Writes it in the caller's transaction, with a record for an order's mail, and for a digest what
 * became of its members. One that was decided before is left alone: then it says false. */
bool mail_end_write(struct store *store, const struct mail_end *end);

#endif

/* Mails that are queued: rows written with their cause, for people to see, each with its effect
 * (effect.h), which `notify` sends.
 *
 * The id is made from the cause, so that what happens again queues nothing twice, and becomes the
 * Message-ID. What a mail says is made when it is sent, from its template's name and parameters. */
#ifndef CARRITO_COLLECTOR_MAIL_H
#define CARRITO_COLLECTOR_MAIL_H

#include "collector/effects/mail_address.h"
#include "collector/store/store.h"

#include <stdbool.h>
#include <stdint.h>

/* Who reads it. A stranger typed an address that need not be theirs: what they get counts by
 * mailbox and all together, and goes behind what the guild gets. */
enum mail_reader { MAIL_GUILD, MAIL_STRANGER };

struct mail {
    const char *id;         /* "order/{order}/finalizado"; printable ASCII without < > @ */
    const char *recipient;  /* one address, as mail_address_from_person() gives it */
    const char *template;   /* "order", "member", "alert", "report", "report-open", … */
    const char *parameters; /* a JSON object with what the template shows */
    const char *order;      /* whose outcome goes to carrito.order-notifications; or NULL */
    const char
        *life; /* what is of the same arrives in order; NULL: the order's, where there is one */
    int64_t cause_ms; /* when what it tells of happened; 0: now */
    enum mail_reader reader;
};

/* In the caller's transaction. An id that is there already is left alone, and who has no address
 * any more (an empty recipient) gets none. What happened before the
 * store was put back from a backup was told then: such a mail is 'skipped'. */
void mail_add(struct store *store, const struct mail *mail, int64_t now_ms);
/* Whether what happened then was told before the store was put back from a backup. */
bool mail_was_told(struct store *store, int64_t at_ms);
/* The mailbox that an address counts for: without what follows a plus sign before the @, in small
 * letters. Many servers deliver all of them to the same person. */
void mail_mailbox(const char *address, char mailbox[MAIL_ADDRESS_SIZE]);

#endif

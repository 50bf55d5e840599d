/* Writes mails into the table that `notify` sends from. */
#include "collector/effects/mail.h"
#include "collector/effects/effect.h"

#include "mail_sql.h"

#include <ctype.h>
#include <string.h>

bool mail_was_told(struct store *store, int64_t at_ms)
{
    return store_has(store, SQL_MAIL_RESTORED, "i", at_ms);
}

void mail_add(struct store *store, const struct mail *mail, int64_t now_ms)
{
    const char *life = mail->life != NULL ? mail->life : mail->order;

    if (mail->recipient[0] == '\0')
        return;
    bool told = mail_was_told(store, mail->cause_ms > 0 ? mail->cause_ms : now_ms);
    bool strange = mail->reader == MAIL_STRANGER;
    char mailbox[MAIL_ADDRESS_SIZE];

    mail_mailbox(mail->recipient, mailbox);
    store_run(store, SQL_MAIL_INSERT, "tttttiitt", mail->id, mail->recipient, mail->template,
              mail->parameters, mail->order, now_ms, now_ms, told ? "skipped" : "waiting",
              strange ? mailbox : NULL);
    if (store_status(store) != STORE_OK || store_changed(store) != 1 || told)
        return;
    effect_add(store, &(struct effect){ .lane = EFFECT_MAIL,
                                        .id = mail->id,
                                        .topic = mail->recipient,
                                        .key = life,
                                        .key_length = life != NULL ? strlen(life) : 0,
                                        .partition = -1,
                                        .created_ms = now_ms,
                                        .due_ms = strange ? EFFECT_AFTER : EFFECT_AT_ONCE });
}

void mail_mailbox(const char *address, char mailbox[MAIL_ADDRESS_SIZE])
{
    size_t local = strcspn(address, "@"), plus = strcspn(address, "+"), at = 0;

    /* One that begins with the sign has no name before it. */
    if (plus > 0 && plus < local) {
        memcpy(mailbox, address, plus);
        at = plus;
        address += local;
    }
    for (; *address != '\0' && at < MAIL_ADDRESS_SIZE - 1; address++)
        mailbox[at++] = *address;
    mailbox[at] = '\0';
    for (size_t i = 0; i < at; i++)
        mailbox[i] = (char)tolower((unsigned char)mailbox[i]);
}

/* Writes mails into the table that `notify` sends from. */
#include "collector/mail.h"
#include "collector/wake.h"

#include "mail_sql.h"

#include <ctype.h>
#include <string.h>

#define ADDRESS_BYTES_MAX 254
#define LOCAL_BYTES_MAX   64

void mail_add(struct store *store, const struct mail *mail, int64_t now_ms)
{
    store_run(store, SQL_MAIL_INSERT, "tttttii", mail->id, mail->recipient, mail->template,
              mail->parameters, mail->order, now_ms, now_ms);
    store_note(store, WAKE_NOTIFY);
}

static bool is_atom(unsigned char c)
{
    return c >= 0x80 || isalnum(c) || strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL;
}

static bool is_domain(unsigned char c)
{
    return c >= 0x80 || isalnum(c) || c == '-' || c == '.';
}

static bool is_all(const char *text, size_t length, bool (*is)(unsigned char))
{
    for (size_t i = 0; i < length; i++)
        if (!is((unsigned char)text[i]) || (text[i] == '.' && (i == 0 || text[i - 1] == '.')))
            return false;
    return length > 0 && text[length - 1] != '.';
}

bool mail_address_is_valid(const char *address)
{
    const char *at = strchr(address, '@');

    return at != NULL && strlen(address) <= ADDRESS_BYTES_MAX && at - address <= LOCAL_BYTES_MAX &&
           is_all(address, (size_t)(at - address), is_atom) &&
           is_all(at + 1, strlen(at + 1), is_domain);
}

/* Hands a mail to a mail server (RFC 5321), by libcurl.
 *
 * TLS from the start with smtps://, STARTTLS where the server offers it with smtp://; always with
 * verification. With a name and a password STARTTLS is a must, on this machine alone it is not. */
#ifndef CARRITO_COLLECTOR_SMTP_H
#define CARRITO_COLLECTOR_SMTP_H

#include "collector/effects/transfers.h"

struct smtp_server {
    const char *url;             /* smtp://HOST:PORT or smtps://HOST:PORT */
    const char *user, *password; /* NULL: none */
    const char *cafile;          /* authorities; NULL: the system's */
    const char *ehlo;            /* what we call ourselves; NULL: this host's name */
    int64_t timeout_s;           /* for one mail, from its first word to the answer after the dot */
};

struct smtp_mail {
    const char *from, *to;
    struct buffer *text; /* as mail_text_write() makes it; emptied: the transfer owns it now */
    void *owner;
};

/* Begins to send it. False where there is no memory: try later. */
bool smtp_send(struct transfers *transfers, const struct smtp_server *server,
               const struct smtp_mail *mail);

#endif

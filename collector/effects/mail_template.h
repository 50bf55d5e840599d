/* What mails say: the files in mails/, one per kind and language, filled in.
 *
 * A file is its subject, an empty line, and the text. `{{name}}` stands for a parameter of the
 * mail, `{{name|how}}` for it as money, time, date, or by its words in collector/words/phrases.txt
 * or common/words/values.txt ("order-preparando" for {{status|order}}). A line with a parameter
 * that there is not, null or empty, is left out. Parameters are a stranger's: they stay on their
 * line. */
#ifndef CARRITO_COLLECTOR_MAIL_TEMPLATE_H
#define CARRITO_COLLECTOR_MAIL_TEMPLATE_H

#include "common/buffer.h"
#include "common/catalogue.h"

#include <stdbool.h>

struct mail_template {
    const char *name; /* "order" */
    enum lang lang;
    const char *parameters; /* a JSON object */
    const char *url;        /* of the console, {{url}}; NULL: none */
};

/* Appends both; false where there is no such template, or the parameters are no object. */
bool mail_template_fill(const struct mail_template *mail, struct buffer *subject,
                        struct buffer *body);
/* The words for a value, NULL where there are none: of "order" and "preparando", or "alert-mark"
 * and "ACTIVE_ACK". They have no arguments. */
const struct sentence *mail_phrase(const char *how, const char *value);

#endif

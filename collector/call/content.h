/* Who may read what of persons: by what it is, whichever route shows it (contract, section 6).
 *
 * A route says who may ask. What an answer shows is decided here, by one table of topics, lists and
 * kinds of alerts, so that a list of messages, a dead letter, an alert or the stream tells nobody
 * what another route keeps from them. A topic that has no row is for whoever acts alone; a list
 * that has none has nothing of persons that its route does not allow. Pure. */
#ifndef CARRITO_COLLECTOR_CONTENT_H
#define CARRITO_COLLECTOR_CONTENT_H

#include "collector/access/access.h"
#include "common/buffer.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* The roles that may hear of a record of this topic at all; an alert's kind counts. */
unsigned content_readers(const char *topic, const cJSON *record);
/* Takes the members of persons that `reader` may not read out of a record. */
void content_strip(const char *topic, cJSON *record, enum role reader);
/* Whether the reader may see a record's key. */
bool content_shows_key(const char *topic, enum role reader);
/* Appends what the reader may see of a record's value; false, and nothing appended, where that is
 * nothing. What cannot be read is shown only to who may read all of it. */
bool content_show(const char *topic, enum role reader, const char *value, struct buffer *out);

/* Whether the reader may see this column of a list. */
bool content_shows(const char *list, const char *column, enum role reader);
/* Appends the kinds of alerts that the reader may not see, each with a comma before and after:
 * ",login-blocked,"; "," for none. */
void content_hidden_kinds(enum role reader, struct buffer *out);
/* A record's source as the reader may see it: what ends in a user's name is cut before it. */
const char *content_source(const char *source, enum role reader);

#endif

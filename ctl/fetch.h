/* Asks the collector and tells the person, in a sentence, where that did not work. */
#ifndef CARRITO_CTL_FETCH_H
#define CARRITO_CTL_FETCH_H

#include "ctl/command.h"
#include "ctl/http_client.h"

#include <cjson/cJSON.h>

/* A client for the collector of the settings; NULL, and told, where there is no token. */
struct http_client *fetch_open(const struct ctl *ctl);
/* GET; returns the object that came with 200 (the caller frees), or NULL, and told. */
cJSON *fetch_object(const struct ctl *ctl, struct http_client *client, const char *path);
/* The same of a request. */
cJSON *fetch_answer(const struct ctl *ctl, struct http_client *client,
                    const struct http_request *request);
/* Into a file as it comes; false, and told, where that did not work. */
bool fetch_into(const struct ctl *ctl, struct http_client *client,
                const struct http_request *request, FILE *file);
/* Tells what an answer that is no success says. */
void fetch_tell_refusal(const struct ctl *ctl, const struct http_answer *answer);
/* Tells that nobody answered. */
void fetch_tell_away(const struct ctl *ctl, const struct http_client *client);

#endif

/* One connection to the collector's API, kept open between requests. Wraps libcurl; no other file
 * includes it. Not thread-safe; requests block, at most HTTP_CONNECT_S to connect and HTTP_TOTAL_S
 * in all, and end early once stop_requested() (stop.h). Redirections are not followed: the token
 * is for the address that it was given with. */
#ifndef CARRITO_CTL_HTTP_CLIENT_H
#define CARRITO_CTL_HTTP_CLIENT_H

#include "common/buffer.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define HTTP_CONNECT_S  5L
#define HTTP_TOTAL_S    60L
#define HTTP_ANSWER_MAX (64 << 20) /* bytes of a body; a longer one counts as no answer */

struct http_answer {
    long status;
    struct buffer body;
    long retry_after_s; /* of the header; 0 where there was none */
    int64_t date_s;     /* of the header Date, seconds since 1970; 0 where there was none */
};

struct http_request {
    const char *method; /* "POST"; "GET" has no body */
    const char *path;   /* begins with a slash */
    const char *type;   /* of the body; NULL: application/json */
    const char *body;   /* or NULL */
    size_t length;
};

struct http_client;

/* `url` without a slash at its end; `token` or NULL; `lang`, as "es", is what the server's words
 * are asked for in. All are copied. NULL: out of memory. */
struct http_client *http_client_open(const char *url, const char *token, const char *lang);
void http_client_close(struct http_client *client);

/* `path` begins with a slash. True where the server answered, whatever the status; false where it
 * did not, and http_client_why() says why. The caller frees with http_answer_free in both cases. */
bool http_client_get(struct http_client *client, const char *path, struct http_answer *answer);
bool http_client_send(struct http_client *client, const struct http_request *request,
                      struct http_answer *answer);
/* The same, but the body of a 200 goes to `file` as it comes, without a limit to its size or to
 * the time it takes; one that stalls for HTTP_TOTAL_S is given up. */
bool http_client_save(struct http_client *client, const struct http_request *request, FILE *file,
                      struct http_answer *answer);
/* Of the last request that failed; lives until the next one. */
const char *http_client_why(const struct http_client *client);
void http_answer_free(struct http_answer *answer);

/* libcurl's version, for --version. */
const char *http_client_library(void);

#endif

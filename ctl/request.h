/* The words of a request to the collector's API and of its refusals. Pure. */
#ifndef CARRITO_CTL_REQUEST_H
#define CARRITO_CTL_REQUEST_H

#include "common/buffer.h"
#include "ctl/text.h"

/* Appends `?name=value` or `&name=value`, percent-encoded (RFC 3986, section 2.3). */
void request_add(struct buffer *path, const char *name, const char *value);
/* Appends percent-encoded text. */
void request_encode(struct buffer *out, const char *text);
/* Appends one segment of a path, percent-encoded. */
void request_add_segment(struct buffer *path, const char *segment);

struct request_refusal {
    long status;
    const char *body; /* problem+json (RFC 9457), or whatever came */
    size_t length;
    long retry_after_s; /* 0: not said */
    const char *url;
};

/* One sentence about it, with the detail and the field that the server named, and what to do. */
void request_refusal_sentence(enum lang language, const struct request_refusal *refusal,
                              struct buffer *out);

#endif

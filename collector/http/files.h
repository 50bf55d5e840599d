/* The files that are part of the program: the console, and the libraries that it needs, so that
 * nothing is ever loaded from elsewhere. The table is made by the build
 * (common/embed_binary.cmake).
 */
#ifndef CARRITO_COLLECTOR_FILES_H
#define CARRITO_COLLECTOR_FILES_H

#include <stddef.h>

struct file {
    const char *name; /* "index.html", "lib/leaflet.css" */
    const char *etag; /* with its quotes (RFC 9110, 8.8.3) */
    const char *bytes, *end;
};

extern const struct file files[];
extern const size_t file_count;

/* NULL where there is none of this name. */
const struct file *file_find(const char *name);
/* By the name's ending; "application/octet-stream" where it is not known. */
const char *file_content_type(const char *name);

#endif

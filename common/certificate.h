/* When certificates end (notAfter; RFC 5280, 4.1.2.5), read from their PEM files. Nothing is
 * verified: TLS does that. */
#ifndef CARRITO_COMMON_CERTIFICATE_H
#define CARRITO_COMMON_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CERTIFICATE_FILE_MAX (1024 * 1024) /* a longer file is not read to its end */

struct certificate_ends {
    int64_t first_ms, last_ms; /* the earliest and the latest notAfter */
};

/* Of all certificates in the text that can be read. False where there is none. */
bool certificate_ends(const char *pem, size_t length, struct certificate_ends *ends);
/* When a program with these files can no longer connect: its own chain ends with the first of its
 * certificates, its trust with the last authority in the file. Either may be NULL or unreadable; 0
 * where nothing is known. Blocks for the disk. */
int64_t certificate_files_end_ms(const char *certfile, const char *cafile);

#endif

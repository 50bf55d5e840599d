/* `carrito-collector backup` without a FILE: what the timer runs. */
#ifndef CARRITO_COLLECTOR_BACKUP_NIGHTLY_H
#define CARRITO_COLLECTOR_BACKUP_NIGHTLY_H

#include <stdint.h>

struct backup_options {
    const char *store_url;
    const char *folder; /* where backups are kept */
    const char *copy;   /* a second folder, on another disk; NULL or "": none */
    int64_t keep;       /* in each */
};

/* A backup named after the moment (UTC) in each folder, opened and checked, and only then the
 * oldest beyond `keep` go, of files of such names alone. One folder's failure does not spare the
 * other. Returns the exit status: 0 all are good, 78 the store is refused, else 1, said on standard
 * error. Blocks for the disks. */
int backup_nightly(const struct backup_options *options);

#endif

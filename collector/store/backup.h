/* `carrito-collector backup FILE`: a copy of the store that can be trusted. */
#ifndef CARRITO_COLLECTOR_BACKUP_H
#define CARRITO_COLLECTOR_BACKUP_H

/* Copies the store as it is at one moment, beside a collector that runs. FILE appears whole and
 * checked, or not at all; one that is there is replaced. Returns the exit status: 0 done, 1 failed
 * (said on standard error). Blocks for the disk. */
int backup_command(const char *store_url, const char *file);

/* The same the other way: the backup at the path `backup` becomes `file`, which is as above. 78
 * where it is not for this program. */
int backup_bring(const char *backup, const char *file);

#endif

/* `carrito-collector backup FILE` and `--rebuild`: the store, out of a disaster and back.
 *
 * A disaster is answered by putting the last backup in the store's place and rebuilding: sales,
 * days and audit come from Kafka, which keeps them without end, the rest from the backup. */
#ifndef CARRITO_COLLECTOR_BACKUP_H
#define CARRITO_COLLECTOR_BACKUP_H

/* Copies the store as it is at one moment, beside a collector that runs. FILE appears whole and
 * checked, or not at all; one that is there is replaced. Returns the exit status: 0 done, 1 failed
 * (said on standard error). Blocks for the disk. */
int backup_command(const char *store_url, const char *file);

/* Empties what the role `sales` made, so that it reads its topic again once a collector starts.
 * Refuses while anything else has the store open. Returns the exit status as above. */
int rebuild_command(const char *store_url);

#endif

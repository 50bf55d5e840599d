/* Small files, read and written whole: a reader sees the old one or the new one, also after a power
 * cut. All calls block for the disk; where one returns false, errno says why. */
#ifndef CARRITO_FILE_WHOLE_H
#define CARRITO_FILE_WHOLE_H

#include "common/buffer.h"

#include <stdbool.h>
#include <sys/stat.h>

struct file_rights {
    uid_t user;
    gid_t group;
    mode_t mode; /* permissions only */
};

/* Appends the file's bytes; false, and nothing appended, where there are more than `bytes_max`
 * (EFBIG) or it cannot be read. */
bool file_read_whole(const char *path, size_t bytes_max, struct buffer *out);

/* `rights` NULL: this process' own file, mode 0600. The bytes are on the disk, under this name,
 * when it returns true. */
bool file_write_whole(const char *path, const struct file_rights *rights,
                      const struct buffer *bytes);

/* Overwrites the file's bytes and removes it: a secret that was used. What a card keeps of it in
 * blocks that it has replaced by itself is beyond any program. */
bool file_destroy(const char *path);

#endif

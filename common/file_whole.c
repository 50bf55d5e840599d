/* mkstemp → write → fsync → rename → fsync of the folder. */
#include "common/file_whole.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES 4096

static bool read_descriptor(int fd, size_t bytes_max, struct buffer *out)
{
    char bytes[READ_BYTES];
    size_t before = out->length;
    ssize_t count;

    while ((count = read(fd, bytes, sizeof bytes)) != 0) {
        if (count < 0 && errno == EINTR)
            continue;
        if (count > 0 && out->length - before + (size_t)count > bytes_max) {
            errno = EFBIG;
            count = -1;
        }
        if (count < 0)
            return false;
        buffer_append(out, bytes, (size_t)count);
    }
    return true;
}

bool file_read_whole(const char *path, size_t bytes_max, struct buffer *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t before = out->length;

    if (fd < 0)
        return false;
    bool read = read_descriptor(fd, bytes_max, out);
    int why = errno;
    if (!read && out->bytes != NULL) {
        out->length = before;
        out->bytes[before] = '\0';
    }
    close(fd);
    errno = why;
    return read;
}

static bool write_bytes(int fd, const struct buffer *bytes)
{
    for (size_t written = 0; written < bytes->length;) {
        ssize_t count = write(fd, bytes->bytes + written, bytes->length - written);

        if (count < 0 && errno != EINTR)
            return false;
        if (count > 0)
            written += (size_t)count;
    }
    return true;
}

static bool give(int fd, const struct file_rights *rights)
{
    struct stat status;

    if (rights == NULL)
        return true;
    if (fstat(fd, &status) != 0)
        return false;
    /* Whoever is not root may not give its files away, and need not. */
    if ((status.st_uid != rights->user || status.st_gid != rights->group) &&
        fchown(fd, rights->user, rights->group) != 0)
        return false;
    return fchmod(fd, rights->mode) == 0;
}

/* The new name must be on the disk, too. */
static bool sync_folder(const char *path)
{
    char *copy = strdup(path);
    int fd = copy != NULL ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    bool done = fd >= 0 && fsync(fd) == 0;
    int why = errno;

    if (fd >= 0)
        close(fd);
    free(copy);
    errno = why;
    return done;
}

bool file_write_whole(const char *path, const struct file_rights *rights,
                      const struct buffer *bytes)
{
    char *draft = NULL;
    bool done = false;
    int fd, why;

    if (asprintf(&draft, "%s.XXXXXX", path) < 0)
        return false;
    fd = mkostemp(draft, O_CLOEXEC); /* mode 0600 from its first moment */
    if (fd >= 0) {
        done = give(fd, rights) && write_bytes(fd, bytes) && fsync(fd) == 0 &&
               rename(draft, path) == 0 && sync_folder(path);
        why = errno;
        close(fd);
        if (!done)
            unlink(draft);
        errno = why;
    }
    free(draft);
    return done;
}

bool file_destroy(const char *path)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    static const char nothing[READ_BYTES];
    struct stat status;

    if (fd < 0)
        return false;
    bool done = fstat(fd, &status) == 0;
    for (off_t at = 0; done && at < status.st_size;) {
        size_t left = (size_t)(status.st_size - at);
        ssize_t count = write(fd, nothing, left < sizeof nothing ? left : sizeof nothing);
        done = count > 0 || (count < 0 && errno == EINTR);
        at += count > 0 ? count : 0;
    }
    done = done && fsync(fd) == 0 && unlink(path) == 0 && sync_folder(path);
    int why = errno;
    close(fd);
    errno = why;
    return done;
}

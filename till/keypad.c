/* libevdev's device, its events told as keys. */
#include "till/keypad.h"
#include "till/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <libevdev/libevdev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct keypad {
    char *path;
    int fd;
    struct libevdev *device;
    struct keys keys;
};

void keypad_close(struct keypad *keypad)
{
    if (keypad == NULL)
        return;
    libevdev_free(keypad->device);
    if (keypad->fd >= 0)
        close(keypad->fd); /* which lets it go, too */
    free(keypad->path);
    free(keypad);
}

static bool has_key(const void *device, unsigned code)
{
    return libevdev_has_event_code(device, EV_KEY, code) == 1;
}

/* A path may be a link that udev makes: the device behind it counts. */
static bool is_same_device(const char *path, int fd)
{
    struct stat wanted, found;

    return stat(path, &wanted) == 0 && fstat(fd, &found) == 0 && wanted.st_rdev == found.st_rdev;
}

static enum keypad_how judge(const struct keypad *keypad, const char *wanted)
{
    enum keys_kind kind = keys_kind(has_key, keypad->device);
    bool is_auto = strcmp(wanted, KEYPAD_AUTO) == 0;

    if (kind == KEYS_OTHER)
        return KEYPAD_NEVER;
    if (strcmp(wanted, KEYPAD_ANY) == 0 || (is_auto && kind == KEYS_KEYPAD))
        return KEYPAD_TAKEN;
    if (!is_auto && (wanted[0] == '/' ? is_same_device(wanted, keypad->fd)
                                      : strcmp(wanted, keypad_name(keypad)) == 0))
        return KEYPAD_TAKEN;
    return kind == KEYS_KEYBOARD ? KEYPAD_LETTERS : KEYPAD_NEVER;
}

/* With the kernel's own times of presses, by the clock that the till knows: a program that stood
 * still for a moment reads two presses at once, which no finger did. Returns 0 or -errno. */
static int hold(struct keypad *keypad)
{
    int rc = libevdev_grab(keypad->device, LIBEVDEV_GRAB);

    return rc != 0 ? rc : libevdev_set_clock_id(keypad->device, CLOCK_MONOTONIC);
}

/* Returns 0 or -errno. */
static int open_device(struct keypad *keypad)
{
    keypad->fd = open(keypad->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    return keypad->fd < 0 ? -errno : libevdev_new_from_fd(keypad->fd, &keypad->device);
}

struct keypad *keypad_open(const char *path, const char *wanted, struct keypad_found *found)
{
    struct keypad *keypad = calloc(1, sizeof *keypad);

    if (keypad == NULL || (keypad->path = strdup(path)) == NULL)
        abort();
    *found = (struct keypad_found){ .how = KEYPAD_LATER };
    int rc = open_device(keypad);
    if (rc == 0) {
        snprintf(found->name, sizeof found->name, "%s", keypad_name(keypad));
        found->how = judge(keypad, wanted);
    }
    if (found->how == KEYPAD_TAKEN && (rc = hold(keypad)) != 0)
        found->how = KEYPAD_LATER;
    if (found->how == KEYPAD_TAKEN)
        return keypad;
    found->error = -rc;
    keypad_close(keypad);
    return NULL;
}

const char *keypad_path(const struct keypad *keypad)
{
    return keypad->path;
}

const char *keypad_name(const struct keypad *keypad)
{
    return libevdev_get_name(keypad->device);
}

int keypad_fd(const struct keypad *keypad)
{
    return keypad->fd;
}

/* The state of the keys as it is now is taken over, which is done by reading it. */
static void catch_up(struct keypad *keypad)
{
    struct input_event event;

    while (libevdev_next_event(keypad->device, LIBEVDEV_READ_FLAG_SYNC, &event) ==
           LIBEVDEV_READ_STATUS_SYNC)
        continue;
    keypad->keys = (struct keys){ 0 };
}

enum keypad_event keypad_next(struct keypad *keypad, char *key, int64_t *at_ms)
{
    struct input_event event;

    for (;;) {
        int rc = libevdev_next_event(keypad->device, LIBEVDEV_READ_FLAG_NORMAL, &event);
        if (rc == LIBEVDEV_READ_STATUS_SYNC) {
            catch_up(keypad);
            return KEYPAD_LOST;
        }
        if (rc == -EAGAIN || rc == -EINTR)
            return KEYPAD_QUIET;
        if (rc < 0)
            return KEYPAD_GONE;
        if (event.type != EV_KEY)
            continue;
        *at_ms = (int64_t)event.input_event_sec * 1000 + (int64_t)event.input_event_usec / 1000;
        *key = keys_character(event.code);
        enum keys_news news = keys_event(&keypad->keys, event.code, event.value, *at_ms);
        if (news != KEYS_NOTHING)
            return news == KEYS_PRESSED ? KEYPAD_KEY : KEYPAD_HELD;
    }
}

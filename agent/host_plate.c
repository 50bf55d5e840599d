/* What tells one machine from another. */
#include "agent/host_plate.h"
#include "agent/outbox_plate.h"

#include "common/event.h"
#include "common/fnv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEED_SIZE         256
#define PATH_SIZE         4096
#define MACHINE_ID_LENGTH 32
#define TEXT_SIZE         4096

void host_plate_make(const char *seed, char plate[HOST_PLATE_SIZE])
{
    static const char digits[] = "0123456789ABCDEFGHJKLMNPQRSTVWXY"; /* no I, O, U, Z */
    const size_t head = strlen(HOST_PLATE_SIMULATED);
    uint64_t hash = fnv_1a(seed, strlen(seed));

    strcpy(plate, HOST_PLATE_SIMULATED);
    for (size_t i = 0; i < 8; i++, hash >>= 5)
        plate[head + i] = digits[hash & 31];
    plate[head + 8] = '\0';
}

/* The beginning of a file below `root`; "" where it cannot be read. */
static void read_text(const char *root, const char *name, char text[TEXT_SIZE])
{
    char path[PATH_SIZE];
    size_t length = 0;

    snprintf(path, sizeof path, "%s%s", root, name);
    FILE *file = fopen(path, "re");
    if (file != NULL) {
        length = fread(text, 1, TEXT_SIZE - 1, file);
        fclose(file);
    }
    text[length] = '\0';
}

/* What container managers leave for those inside: systemd-nspawn, LXC and podman; Docker; podman;
 * Kubernetes; and the control group's name where it is not hidden. An overlay for a root says
 * nothing: boards have that to spare their card. */
bool host_plate_is_container(const char *root)
{
    static const char *const marks[] = { "/run/systemd/container", "/.dockerenv",
                                         "/run/.containerenv" };
    static const char *const variables[] = { "container", "KUBERNETES_SERVICE_HOST" };
    static const char *const groups[] = { "/docker", "/kubepods", "/lxc", "/libpod", "containerd" };
    char path[PATH_SIZE], text[TEXT_SIZE];

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        snprintf(path, sizeof path, "%s%s", root, marks[i]);
        if (access(path, F_OK) == 0)
            return true;
    }
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (getenv(variables[i]) != NULL)
            return true;
    read_text(root, "/proc/self/cgroup", text);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (strstr(text, groups[i]) != NULL)
            return true;
    return false;
}

/* False where it has none yet (empty, `uninitialized`). */
static bool read_machine_id(const char *root, char seed[SEED_SIZE])
{
    char text[TEXT_SIZE];

    read_text(root, "/etc/machine-id", text);
    text[strcspn(text, "\r\n")] = '\0';
    if (strlen(text) != MACHINE_ID_LENGTH ||
        strspn(text, "0123456789abcdef") != MACHINE_ID_LENGTH ||
        strspn(text, "0") == MACHINE_ID_LENGTH)
        return false;
    snprintf(seed, SEED_SIZE, "carrito %.*s", MACHINE_ID_LENGTH, text);
    return true;
}

void host_plate_find(const char *root, char plate[HOST_PLATE_SIZE])
{
    char seed[SEED_SIZE] = "";

    if (host_plate_is_container(root) || !read_machine_id(root, seed))
        gethostname(seed, sizeof seed - 1);
    host_plate_make(seed, plate);
}

bool host_plate_kept(const char *outbox, char plate[HOST_PLATE_SIZE])
{
    outbox_plate_look(outbox, plate);
    return strncmp(plate, HOST_PLATE_SIMULATED, strlen(HOST_PLATE_SIMULATED)) == 0;
}

/* What this machine itself shows: its links to others, mosquitto's limit, SQLite. */
#include "ctl/doctor_look.h"

#include "finding_words.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_SIZE 64

/* The value of a `kafka.NAME=` of the file; NULL where there is none. The last one counts. */
static const char *kafka_property(const struct settings *settings, const char *name)
{
    const char *value = NULL;

    for (size_t i = 0; i < settings->pairs.count; i++)
        if (strcmp(settings->pairs.pairs[i].name, name) == 0)
            value = settings->pairs.pairs[i].value;
    return value;
}

static bool kafka_is_clear(const struct settings *settings)
{
    const char *protocol = kafka_property(settings, "kafka.security.protocol");

    return !protocol || strcasecmp(protocol, "plaintext") == 0 ||
           strcasecmp(protocol, "sasl_plaintext") == 0;
}

void doctor_look_links(const struct settings *settings, struct doctor_finding *finding)
{
    static const char clear[] = "http://";
    const struct doctor_links in_the_clear = {
        .kafka = config_is_remote(settings->kafka_brokers) && kafka_is_clear(settings),
        .mqtt = config_is_remote(settings->mqtt.host) && !settings->mqtt.cafile,
        .collector = strncmp(settings->url, clear, sizeof clear - 1) == 0 &&
                     config_is_remote(settings->url + sizeof clear - 1),
    };

    doctor_links(finding, &in_the_clear);
}

/* The first line of a file of /proc that begins so, behind that; empty where there is none. */
static void read_line(const char *pid, const char *file, const char *begin, char value[NAME_SIZE])
{
    char path[300], line[256];
    FILE *opened;

    value[0] = '\0';
    snprintf(path, sizeof path, "/proc/%s/%s", pid, file);
    opened = fopen(path, "r");
    while (opened && fgets(line, sizeof line, opened))
        if (strncmp(line, begin, strlen(begin)) == 0) {
            snprintf(value, NAME_SIZE, "%.*s", (int)strcspn(line + strlen(begin), "\n"),
                     line + strlen(begin));
            break;
        }
    if (opened)
        fclose(opened);
}

/* The soft limit, which is the one that counts; 0: no process of the name is to be seen. */
static uint64_t open_files_max(const char *name)
{
    DIR *all = opendir("/proc");
    uint64_t found = 0;
    const struct dirent *entry;
    char value[NAME_SIZE];

    while (all && !found && (entry = readdir(all))) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
            continue;
        read_line(entry->d_name, "comm", "", value);
        if (strcmp(value, name) != 0)
            continue;
        read_line(entry->d_name, "limits", "Max open files", value);
        found = strtoull(value, NULL, 10);
    }
    if (all)
        closedir(all);
    return found;
}

void doctor_look_descriptors(struct doctor_finding *finding)
{
    doctor_descriptors(finding, open_files_max("mosquitto"));
}

/* The system's, which the collector and the agent of this machine link. */
void doctor_look_sqlite(struct doctor_finding *finding)
{
    void *library = dlopen("libsqlite3.so.0", RTLD_LAZY | RTLD_LOCAL);
    union {
        void *found;
        const char *(*call)(void);
    } version = { library ? dlsym(library, "sqlite3_libversion") : NULL };

    if (version.found)
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_VERSION(version.call()));
    else
        doctor_say(finding, DOCTOR_NONE, SAY_FINDING_NONE_HERE());
    if (library)
        dlclose(library);
}

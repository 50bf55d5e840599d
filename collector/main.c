/* carrito-collector: configuration, then one of its commands, or the roles until a signal. */
#include "collector/access/user_command.h"
#include "collector/api/routes.h"
#include "collector/collector.h"
#include "collector/kafka/topics.h"
#include "collector/rebuild_command.h"
#include "collector/restore_command.h"
#include "collector/settings_load.h"
#include "collector/store/backup.h"
#include "collector/store/backup_nightly.h"
#include "collector/store/store_url.h"
#include "common/file_owner.h"
#include "common/stop_signal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WAIT_S     60 /* of --create-topics, for Kafka */
#define WAIT_S_MAX 86400

/* `--wait S` or `--wait=S`, alone. False where it is something else. */
static bool read_wait(int argc, char **argv, int64_t *wait_s)
{
    static const char option[] = "--wait";
    const char *value = NULL;
    char *end = NULL;

    if (argc == 1 && strncmp(argv[0], option, strlen(option)) == 0 &&
        argv[0][strlen(option)] == '=')
        value = argv[0] + sizeof option;
    else if (argc == 2 && strcmp(argv[0], option) == 0)
        value = argv[1];
    if (value != NULL)
        *wait_s = strtoll(value, &end, 10);
    return argc == 0 ||
           (value != NULL && end != value && *end == '\0' && *wait_s >= 0 && *wait_s <= WAIT_S_MAX);
}

/* `argv` is what follows `--create-topics`. */
static int create_topics(const struct settings *settings, const struct config_pairs *pairs,
                         int argc, char **argv)
{
    int64_t wait_s = WAIT_S;
    if (!read_wait(argc, argv, &wait_s)) {
        fprintf(stderr, "carrito-collector: --create-topics takes --wait S, 0 to %d seconds\n",
                WAIT_S_MAX);
        return 2;
    }
    struct topics_options options = { .brokers = settings->kafka_brokers,
                                      .pairs = pairs,
                                      .replication = settings->kafka_replication,
                                      .retention_days = settings->retention_days,
                                      .wait_s = wait_s,
                                      .stopped = stop_signal_came };

    return topics_create(&options) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(const struct settings *settings, const struct config_pairs *pairs)
{
    struct service_manager manager;

    service_manager_open(&manager);
    int status = collector_run(settings, pairs, stop_signal_came, &manager);
    service_manager_close(&manager);
    return status;
}

/* A backup belongs to whoever its folder belongs to; all else is about the store. Making topics
 * touches no file. */
static bool act_as_owner(const struct settings *settings, int argc, char **argv)
{
    const char *path = store_sqlite_path(settings->store);

    if (argc > 1 && strcmp(argv[1], "--create-topics") == 0)
        return true;
    if (argc == 3 && strcmp(argv[1], "backup") == 0)
        path = argv[2];
    return path == NULL || file_owner_become("carrito-collector", path);
}

static int back_up(const struct settings *settings)
{
    return backup_nightly(&(struct backup_options){ .store_url = settings->store,
                                                    .folder = settings->backup_folder,
                                                    .copy = settings->backup_copy,
                                                    .keep = settings->backup_keep });
}

static bool is_rebuild(int argc, char **argv)
{
    return argc == 2 || (argc == 3 && strcmp(argv[2], "--force") == 0);
}

static int unknown_word(const char *word)
{
    fprintf(stderr, "carrito-collector: unexpected \"%s\"; see carrito-collector --help\n", word);
    return 2;
}

int main(int argc, char **argv)
{
    struct settings settings = { 0 };
    struct config_pairs pairs = { 0 };

    /* Asks for no configuration. */
    if (argc == 2 && strcmp(argv[1], "--routes") == 0) {
        routes_print(&api_routes, stdout);
        return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    enum config_result result = settings_load(&settings, &pairs, &argc, argv);
    int status = config_exit_status(result);

    if (result != CONFIG_OK)
        goto done;
    stop_signal_catch();
    umask(S_IRWXG | S_IRWXO); /* the store has people's names, addresses and places */
    if (!act_as_owner(&settings, argc, argv))
        status = EXIT_FAILURE;
    else if (argc == 1)
        status = run(&settings, &pairs);
    else if (strcmp(argv[1], "user") == 0)
        status = user_command(settings.store, argc - 2, argv + 2);
    else if (strcmp(argv[1], "--create-topics") == 0)
        status = create_topics(&settings, &pairs, argc - 2, argv + 2);
    else if (strcmp(argv[1], "backup") == 0 && argc == 3)
        status = backup_command(settings.store, argv[2]);
    else if (strcmp(argv[1], "backup") == 0 && argc == 2)
        status = back_up(&settings);
    else if (strcmp(argv[1], "restore") == 0 && argc == 3)
        status = restore_command(&settings, &pairs, argv[2]);
    else if (strcmp(argv[1], "--rebuild") == 0 && is_rebuild(argc, argv))
        status = rebuild_command(&settings, &pairs, argc == 3 ? REBUILD_FORCED : REBUILD_WHOLE);
    else
        status = unknown_word(argv[1]);
done:
    config_free(&settings_spec, &settings, &pairs);
    return status;
}

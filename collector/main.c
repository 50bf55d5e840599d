/* carrito-collector: configuration, then one of its commands, or the roles until a signal. */
#include "collector/access/user_command.h"
#include "collector/collector.h"
#include "collector/kafka/topics.h"
#include "collector/settings.h"
#include "collector/store/backup.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static volatile sig_atomic_t stop;

static void on_signal(int signal_number)
{
    (void)signal_number;
    stop = 1;
}

static bool stopped(void)
{
    return stop;
}

static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };

    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int create_topics(const struct settings *settings, const struct config_pairs *pairs)
{
    struct topics_options options = { .brokers = settings->kafka_brokers,
                                      .pairs = pairs,
                                      .replication = settings->kafka_replication,
                                      .retention_days = settings->retention_days,
                                      .stopped = stopped };

    return topics_create(&options) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(const struct settings *settings, const struct config_pairs *pairs)
{
    struct service_manager manager;

    service_manager_open(&manager);
    int status = collector_run(settings, pairs, stopped, &manager);
    service_manager_close(&manager);
    return status;
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
    enum config_result result = settings_load(&settings, &pairs, &argc, argv);
    int status = config_exit_status(result);

    if (result != CONFIG_OK)
        goto done;
    catch_signals();
    umask(S_IRWXG | S_IRWXO); /* the store has people's names, addresses and places */
    if (argc == 1)
        status = run(&settings, &pairs);
    else if (strcmp(argv[1], "user") == 0)
        status = user_command(settings.store, argc - 2, argv + 2);
    else if (strcmp(argv[1], "--create-topics") == 0 && argc == 2)
        status = create_topics(&settings, &pairs);
    else if (strcmp(argv[1], "backup") == 0 && argc == 3)
        status = backup_command(settings.store, argv[2]);
    else if (strcmp(argv[1], "--rebuild") == 0 && argc == 2)
        status = rebuild_command(settings.store);
    else
        status = unknown_word(argv[1]);
done:
    config_free(&settings_spec, &settings, &pairs);
    return status;
}

/* carrito-agent: configuration, then the agent until a signal, or one of the vendor's commands. */
#include "agent/agent.h"
#include "agent/agent_metrics.h"
#include "agent/client.h"
#include "agent/enrol.h"
#include "agent/outbox_schema.h"
#include "agent/refusal.h"
#include "agent/settings.h"

#include "common/clock.h"
#include "common/file_owner.h"
#include "common/log.h"
#include "common/stop_signal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens everything again where the disk failed, since the outbox is checked then, and set aside
 * where it is damaged. What cannot be had at the very start is the operator's to put right. */
static int run_agent(const struct settings *settings, struct service_manager *manager)
{
    enum agent_end end = AGENT_BROKEN;
    struct agent *agent;

    agent_metrics_register();
    agent = agent_open(settings);
    if (agent == NULL)
        return EXIT_FAILURE;
    service_manager_ready(manager);
    while (end == AGENT_BROKEN && !stop_signal_came()) {
        if (agent != NULL)
            end = agent_run(agent, stop_signal_came, manager);
        agent_close(agent);
        agent = NULL;
        if (end == AGENT_BROKEN && !stop_signal_came()) {
            log_error("agent", "opening the outbox again", NULL);
            service_manager_turned(manager, clock_mono_ms(), "the disk fails: NOT recording");
            sleep(1);
            agent = agent_open(settings);
        }
    }
    agent_close(agent);
    log_info("agent", "stopped", NULL);
    return EXIT_SUCCESS;
}

static int run(const struct settings *settings)
{
    static const struct refusal no_plate = {
        &answer_no_plate,
        "waits for a plate: cart= in its file, then systemctl restart carrito-agent"
    };
    char reason[SCHEMA_REASON_SIZE];
    struct service_manager manager;
    int status = EXIT_SUCCESS;

    stop_signal_catch();
    umask(S_IRWXG | S_IRWXO); /* the outbox has clients' names and places */
    service_manager_open(&manager);
    config_log_remarks(&settings_spec, settings);
    if (!file_owner_become("carrito-agent", settings->outbox))
        status = EXIT_FAILURE;
    else if (settings->cart == NULL)
        refusal_run(settings, &no_plate, stop_signal_came, &manager);
    else if (!outbox_schema_refuses(settings->outbox, reason))
        status = run_agent(settings, &manager);
    else {
        log_error("agent", reason, "outbox=%s", settings->outbox);
        refusal_run(settings, &(struct refusal){ &answer_other_release, reason }, stop_signal_came,
                    &manager);
    }
    service_manager_close(&manager);
    return status;
}

/* What was written has arrived only when the last of it has: an export onto a full disk has not. */
static int finish_output(int status)
{
    bool failed = ferror(stdout) != 0;

    if (fclose(stdout) == 0 && !failed)
        return status;
    fprintf(stderr, "carrito-agent: the output could not be written%s%s\n", failed ? "" : ": ",
            failed ? "" : strerror(errno));
    return status == EXIT_SUCCESS ? EXIT_FAILURE : status;
}

int main(int argc, char **argv)
{
    struct settings settings = { 0 };

    if (argc > 1 && strcmp(argv[1], "enrol") == 0)
        return finish_output(enrol_run(argc - 1, argv + 1));
    enum config_result result = settings_load(&settings, &argc, argv);
    int status = config_exit_status(result);

    if (result == CONFIG_OK && (argc == 1 || (argc == 2 && strcmp(argv[1], "run") == 0)))
        status = run(&settings);
    else if (result == CONFIG_OK)
        status = client_run(&settings, argc - 1, argv + 1);
    status = finish_output(status);
    config_free(&settings_spec, &settings, NULL);
    return status;
}

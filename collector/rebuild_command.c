/* Nothing is deleted that its source no longer has. */
#include "collector/rebuild_command.h"
#include "collector/reach.h"
#include "collector/store/store_schema.h"

#include "rebuild_sql.h"

#include <stdio.h>
#include <stdlib.h>

static int say(const char *sentence)
{
    fprintf(stderr, "carrito-collector --rebuild: %s\n", sentence);
    return EXIT_FAILURE;
}

/* A store that has read nothing has nothing to lose. */
static bool has_all(struct store *store, const struct settings *settings,
                    const struct config_pairs *pairs)
{
    struct reach reach = reach_read(
        store, &(struct reach_wanted){ settings->kafka_brokers, pairs, .role = "sales" });

    if (reach.cut == 0 && reach.unknown == 0)
        return true;
    say(reach.cut > 0
            ? "Kafka no longer has all of carrito.sales: what it lacks would be gone from "
              "the store; --force does it all the same"
            : "Kafka does not say whether it has all of carrito.sales: start it, or "
              "--force does it all the same");
    return false;
}

static int empty(struct store *store)
{
    store_begin(store);
    store_script(store, SQL_REBUILD);
    if (store_commit(store) != STORE_OK)
        return say("the store does not take it");
    puts("the next carrito-collector that is started reads carrito.sales from its beginning");
    return EXIT_SUCCESS;
}

int rebuild_command(const struct settings *settings, const struct config_pairs *pairs,
                    enum rebuild_how how)
{
    const struct store_wanted wanted = { settings->store, STORE_DURABLE };
    struct store_cause cause;
    enum store_result result;
    struct store *store = store_open_current(&wanted, &result, &cause);
    int status = EXIT_FAILURE;

    if (store == NULL) {
        say(cause.text);
        return store_exit_status(result);
    }
    if (!store_alone(store))
        say("the store is in use: stop every carrito-collector first");
    else if (how == REBUILD_FORCED || has_all(store, settings, pairs))
        status = empty(store);
    store_close(store);
    return status;
}

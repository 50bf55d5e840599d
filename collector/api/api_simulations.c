/* Simulations: asked for, and how far they are. */
#include "collector/api/api_parts.h"
#include "collector/api/simulation.h"
#include "collector/base/settings.h"
#include "common/day.h"
#include "common/event.h"

#include <string.h>

#define CARTS_STANDARD 10
#define TEXT_OF(x)     #x
#define TEXT(x)        TEXT_OF(x)

/* False: `why` says what is wrong. */
static bool read(const cJSON *body, struct simulation *simulation, struct json_reason *why)
{
    const char *kind = NULL;
    if (!json_get_text(body, "kind", JSON_REQUIRED, 1, 16, &kind, why))
        return false;
    simulation->kind = simulation_kind_from_name(kind);
    if (simulation->kind == SIMULATION_KINDS)
        return json_refuse(why, "kind", SAY_REASON_KIND());
    return json_get_int(body, "carts", JSON_OPTIONAL, 1, SIMULATION_CARTS_MAX, &simulation->carts,
                        why) &&
           json_get_int(body, "events", JSON_REQUIRED, 1, SIMULATION_EVENTS_MAX, &simulation->total,
                        why) &&
           json_get_int(body, "seed", JSON_OPTIONAL, 0, INTEGER_MAX, &simulation->seed, why);
}

static void begin(struct api_call *call, struct simulation *simulation)
{
    epoch_make(simulation->id);
    simulation->started_ms = call->now_ms;
    if (!store_begin(call->store))
        return;
    if (!simulation_add(call->store, simulation)) {
        if (store_status(call->store) == STORE_OK)
            call_problem(call, PROBLEM_SIMULATIONS_FULL, NULL, TEXT(SIMULATION_WAITING_MAX));
        return; /* the frame rolls back */
    }
    call_acted(call, "simulation", simulation->id, simulation_kind_names[simulation->kind]);
    struct json_writer json = call_json(call, 202);
    json_object_begin(&json, NULL);
    json_text(&json, "id", simulation->id);
    json_object_end(&json);
    call_commit(call);
}

static void simulations_begin(struct api_call *call)
{
    struct simulation simulation = { .carts = CARTS_STANDARD, .seed = 1 };
    struct json_reason why = { 0 };
    if (!api_options(api_of(call->frame))->settings->simulations) {
        call_problem(call, PROBLEM_NO_SIMULATIONS, NULL, NULL);
        return;
    }
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    if (read(body, &simulation, &why))
        begin(call, &simulation);
    else
        call_refuse(call, &why);
    cJSON_Delete(body);
}

static void simulations_one(struct api_call *call)
{
    struct simulation simulation;
    char time[TIME_TEXT_SIZE];
    if (!simulation_read(call->store, call->match.parameters[0], &simulation)) {
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        return;
    }
    time_text(simulation.started_ms, time);
    struct json_writer json = call_json(call, 200);
    json_object_begin(&json, NULL);
    json_text(&json, "id", simulation.id);
    json_text(&json, "kind", simulation_kind_names[simulation.kind]);
    json_text(&json, "state", simulation.produced < simulation.total ? "running" : "done");
    json_int(&json, "produced", simulation.produced);
    json_int(&json, "total", simulation.total);
    json_int(&json, "carts", simulation.carts);
    json_int(&json, "seed", simulation.seed);
    json_text(&json, "started", time);
    json_object_end(&json);
}

static const struct route routes[] = {
    { "POST", API "/simulations", WHO_ACTS, ROUTE_ACT_ONCE, NULL, simulations_begin },
    { "GET", API "/simulations/{id}", WHO_READS, 0, NULL, simulations_one },
};
const struct route_table simulations_routes = ROUTE_TABLE_OF(routes);

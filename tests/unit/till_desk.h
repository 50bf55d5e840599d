/* A vendor at a till: presses keys, and hears what the agent answers. */
#ifndef CARRITO_TESTS_TILL_DESK_H
#define CARRITO_TESTS_TILL_DESK_H

#include "agent/till.h"

#define FINGER_MS 200 /* between two keys that a person presses */

struct desk {
    struct till till;
    struct till_request request; /* the last one */
    int requests;
    int64_t now_ms;
};

__attribute__((unused)) static struct desk new_desk(void)
{
    struct desk desk = { .now_ms = 1000 };

    till_init(&desk.till, LANG_ES, 20);
    return desk;
}

__attribute__((unused)) static void tick(struct desk *desk, int64_t ms)
{
    desk->now_ms += ms;
    desk->requests += till_tick(&desk->till, desk->now_ms, &desk->request);
}

/* Each key so long after the one before. */
__attribute__((unused)) static void press_each(struct desk *desk, const char *keys, int64_t ms)
{
    for (; *keys != '\0'; keys++) {
        tick(desk, ms);
        desk->requests += till_key(&desk->till, *keys, desk->now_ms, &desk->request);
    }
}

__attribute__((unused)) static void press(struct desk *desk, const char *keys)
{
    press_each(desk, keys, FINGER_MS);
    tick(desk, FINGER_MS);
}

__attribute__((unused)) static void answer(struct desk *desk, const char *json)
{
    cJSON *object = cJSON_Parse(json);

    till_answer(&desk->till, &desk->request, object);
    cJSON_Delete(object);
}

__attribute__((unused)) static void status(struct desk *desk, const char *json)
{
    cJSON *object = cJSON_Parse(json);

    till_status(&desk->till, object);
    cJSON_Delete(object);
}

#define ORDERS                                                                                     \
    "{\"ok\":true,\"orders\":[{\"order\":\"a1\",\"status\":\"ofrecido\",\"number\":1,"             \
    "\"turn\":1,\"product\":\"Sopaipilla\",\"quantity\":2,\"price\":500},"                         \
    "{\"order\":\"b2\",\"status\":\"finalizado\",\"number\":3,\"turn\":1},"                        \
    "{\"order\":\"c3\",\"status\":\"entregando\",\"number\":2,\"turn\":1,\"product\":"             \
    "\"Sopaipilla\",\"quantity\":3,\"price\":500,\"distance_m\":1240,\"bearing_deg\":200,"         \
    "\"place\":\"Plaza de Armas 1\"}]}"

#endif

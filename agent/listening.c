/* The first reason against it. */
#include "agent/listening.h"

#include <string.h>

static const char *const names[LISTENING_STATES] = {
    [LISTENING] = "yes",
    [LISTENING_CARD] = "card",
    [LISTENING_CLOSED] = "closed",
    [LISTENING_PAUSED] = "paused",
    [LISTENING_UNCOUNTED] = "uncounted",
    [LISTENING_MISSED] = "missed",
    [LISTENING_NOBODY] = "nobody",
};

enum listening listening_judge(const struct listening_facts *facts)
{
    if (!facts->recording)
        return LISTENING_CARD;
    if (facts->closed)
        return LISTENING_CLOSED;
    if (facts->kept.paused)
        return LISTENING_PAUSED;
    if (!facts->counted)
        return LISTENING_UNCOUNTED;
    if (facts->kept.missed >= OFFERS_MISSED)
        return LISTENING_MISSED;
    return facts->till_open || facts->kept.on ? LISTENING : LISTENING_NOBODY;
}

const char *listening_name(enum listening listening)
{
    return names[listening];
}

enum listening listening_from_name(const char *name)
{
    enum listening listening = 0;

    while (listening < LISTENING_STATES && strcmp(names[listening], name) != 0)
        listening++;
    return listening;
}

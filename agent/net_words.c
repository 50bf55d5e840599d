/* Two tables. */
#include "agent/net_words.h"

const struct sentence *net_word(enum net_cause cause)
{
    static const struct sentence *const words[NET_CAUSES + 1] = {
        [NET_ONLINE] = &screen_online,         [NET_NO_BRIDGE] = &screen_no_centre,
        [NET_CONNECTING] = &screen_connecting, [NET_NO_BROKER] = &screen_no_broker,
        [NET_REFUSED] = &screen_refused,       [NET_CERTIFICATE] = &screen_certificate,
        [NET_FILES] = &screen_files,           [NET_STRANGER] = &screen_stranger,
        [NET_EXPIRED] = &screen_expired,       [NET_CLOCK] = &screen_no_time,
        [NET_NO_ANSWER] = &screen_no_internet, [NET_NO_NAME] = &screen_no_internet,
        [NET_NO_SIGNAL] = &screen_no_signal,   [NET_CAUSES] = &screen_no_agent,
    };

    return words[cause];
}

const struct sentence *net_word_long(const struct sentence *which)
{
    static const struct {
        const struct sentence *which, *more;
    } more[] = {
        { &screen_no_internet, &screen_no_internet_long },
        { &screen_no_broker, &screen_no_broker_long },
        { &screen_refused, &screen_refused_long },
        { &screen_certificate, &screen_certificate_long },
        { &screen_files, &screen_files_long },
        { &screen_stranger, &screen_stranger_long },
        { &screen_expired, &screen_expired_long },
        { &screen_no_time, &screen_no_time_long },
    };

    for (unsigned i = 0; i < sizeof more / sizeof *more; i++)
        if (more[i].which == which)
            return more[i].more;
    return which;
}

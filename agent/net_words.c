/* Two tables. */
#include "agent/net_words.h"

enum word net_word(enum net_cause cause)
{
    static const enum word words[NET_CAUSES + 1] = {
        [NET_ONLINE] = WORD_TILL_ONLINE,         [NET_NO_BRIDGE] = WORD_TILL_NO_CENTRE,
        [NET_CONNECTING] = WORD_TILL_CONNECTING, [NET_NO_BROKER] = WORD_TILL_NO_BROKER,
        [NET_REFUSED] = WORD_TILL_REFUSED,       [NET_CERTIFICATE] = WORD_TILL_CERTIFICATE,
        [NET_FILES] = WORD_TILL_FILES,           [NET_STRANGER] = WORD_TILL_STRANGER,
        [NET_EXPIRED] = WORD_TILL_EXPIRED,       [NET_CLOCK] = WORD_TILL_NO_TIME,
        [NET_NO_ANSWER] = WORD_TILL_NO_INTERNET, [NET_NO_NAME] = WORD_TILL_NO_INTERNET,
        [NET_NO_SIGNAL] = WORD_TILL_NO_SIGNAL,   [NET_CAUSES] = WORD_TILL_NO_AGENT,
    };

    return words[cause];
}

enum word net_word_long(enum word which)
{
    static const struct {
        enum word which, more;
    } more[] = {
        { WORD_TILL_NO_INTERNET, WORD_TILL_CREDIT },
        { WORD_TILL_NO_BROKER, WORD_TILL_NO_BROKER_LONG },
        { WORD_TILL_REFUSED, WORD_TILL_REFUSED_LONG },
        { WORD_TILL_CERTIFICATE, WORD_TILL_CERTIFICATE_LONG },
        { WORD_TILL_FILES, WORD_TILL_FILES_LONG },
        { WORD_TILL_STRANGER, WORD_TILL_STRANGER_LONG },
        { WORD_TILL_EXPIRED, WORD_TILL_EXPIRED_LONG },
        { WORD_TILL_NO_TIME, WORD_TILL_NO_TIME_LONG },
    };

    for (unsigned i = 0; i < sizeof more / sizeof *more; i++)
        if (more[i].which == which)
            return more[i].more;
    return which;
}

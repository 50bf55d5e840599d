/* The vendor's requests, as they come over the local socket: one JSON object in, one out.
 *
 *   {"request":"sell","quantity":3,"client":"Ana","amount":1500}
 *   {"ok":true,"said":{"say":"ok-sale-stock","receipt":120,"stock":41},
 *    "text":"ok venta 120, quedan 41","receipt":120,"stock":41,"seq":418}
 *
 * What it says is told in agent/words.h; `input` is exit 2 at the command line.
 *
 * A request may carry an `id`, a random text: asked again, it is answered with the same words and
 * not done again (outbox_answers.h). Of two with one id only the first is looked at. It may carry
 * `until_boot_ms`, milliseconds since the machine's boot, until when its asker waits: a later one
 * is not done, and is answered so.
 *
 * An open till asks for `status` with "till":true, and names in `told` what it has told the vendor
 * of orders that were taken away: [{"order":…,"turn":…}].
 *
 * The answer is sent after the commit. Decides what is valid; the commit and the outbox keep. */
#ifndef CARRITO_AGENT_REQUESTS_H
#define CARRITO_AGENT_REQUESTS_H

#include "agent/former.h"
#include "agent/group_commit.h"
#include "agent/listening.h"
#include "agent/renewal.h"
#include "common/buffer.h"
#include "common/catalogue.h"
#include "common/mqtt_answer.h"

#define REQUEST_BYTES_MAX 4096

/* How the rest of the agent does, for `status`. */
struct agent_status {
    bool connected, bridge_online;
    enum mqtt_answer answer; /* where not connected */
    bool closed_told;        /* the centre's broker knows that the day is closed */
    const char *gps;         /* fix, nofix, absent, none */
    const char *clock;
    struct renewal_use certificate;
    enum listening listening;
};

struct requests {
    struct group_commit *commit;
    const struct formers *formers; /* for `status`; NULL: none */
    enum lang lang;                /* of `text`, for programs of earlier releases */
    int64_t price;                 /* EVENT_ABSENT: none */
    struct moment moment;          /* of the request in hand */
    struct sale_fix fix;           /* the last one then */
    struct agent_status status;    /* likewise */
    enum outbox_result result;     /* of the last commit: the loop looks at OUTBOX_BROKEN */
    bool till_asks;                /* the request was an open till's question for `status` */
};

/* Answers one request of `length` bytes; appends one line to `answer`. */
void requests_answer(struct requests *requests, const char *bytes, size_t length,
                     struct buffer *answer);

#endif

/* What `carritoctl doctor` concludes from what it saw: for each check one line, good or bad, with
 * what to do. Pure: the asking is in cmd_doctor.c. */
#ifndef CARRITO_CTL_DOCTOR_H
#define CARRITO_CTL_DOCTOR_H

#include "common/buffer.h"
#include "ctl/text.h"

#include <cjson/cJSON.h>
#include <stdint.h>

#define DOCTOR_CLOCK_S_MAX  5      /* further from the collector's clock is bad */
#define DOCTOR_LAG_MAX      10000  /* messages a role may be behind */
#define DOCTOR_DISK_PERCENT 5      /* so much must be free, at least … */
#define DOCTOR_DISK_MB      200    /* … and so much */
#define DOCTOR_CERT_DAYS    30     /* a certificate should last so long */
#define DOCTOR_OPEN_MIN     10000  /* connections that mosquitto should be able to take */
#define DOCTOR_FIX_MS       600000 /* a position that is older leads no order to a cart */

/* DOCTOR_WARN: works, and should not stay so; doctor ends well all the same. DOCTOR_NONE: there is
 * nothing here to check. */
enum doctor_state { DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_WARN, DOCTOR_NONE };

struct doctor_finding {
    enum lang language; /* set by the caller */
    enum doctor_state state;
    struct buffer detail;
};

/* `date_s` is the collector's, 0 where it sent none. */
void doctor_clock(struct doctor_finding *finding, int64_t own_ms, int64_t date_s);
/* The array of GET /carts, where orders are offered to carts: what keeps all of them from getting
 * one. */
void doctor_dispatch(struct doctor_finding *finding, const cJSON *carts, int64_t now_ms);
/* The status and the words of /readyz. */
void doctor_ready(struct doctor_finding *finding, long status, const char *words);
/* The array of GET /consumers. */
void doctor_consumers(struct doctor_finding *finding, const cJSON *items);
/* `free_mb` of `total_mb` under `path`; `alerts` is how many disk-low are open. */
struct doctor_disk {
    const char *path;
    uint64_t free_mb, total_mb;
    int alerts;
};
void doctor_disk(struct doctor_finding *finding, const struct doctor_disk *disk);
/* `last_s`: when the last good backup was made, 0 none, negative not told; `alerts` is how many
 * backup-old are open. */
struct doctor_backup {
    int64_t last_s, now_s;
    int alerts;
};
void doctor_backup(struct doctor_finding *finding, const struct doctor_backup *backup);
/* Of GET /mails?status=…: whether there are any that wait, and any that failed. */
void doctor_mails(struct doctor_finding *finding, const cJSON *waiting, const cJSON *failed);
/* `gps` as the agent's status names it, NULL where no agent answers at its socket. */
void doctor_gps(struct doctor_finding *finding, const char *gps);
/* The certificate that an agent of this machine uses ends then. */
void doctor_certificate(struct doctor_finding *finding, int64_t end_ms, int64_t now_ms);
/* What goes to another machine as it is, for all on the way to read and to change. */
struct doctor_links {
    bool kafka, mqtt, collector;
};
void doctor_links(struct doctor_finding *finding, const struct doctor_links *in_the_clear);
/* The object of GET /privacidad.json; NULL: there is none. A name that a client once told is in
 * Kafka's sales until their age ends it. */
void doctor_names(struct doctor_finding *finding, const cJSON *kept);
/* How many files and connections mosquitto may have open; 0: none runs here, or it cannot be seen.
 */
void doctor_descriptors(struct doctor_finding *finding, uint64_t open_max);
/* Says it in the finding's language. */
void doctor_say(struct doctor_finding *finding, enum doctor_state state, struct saying saying);

#endif

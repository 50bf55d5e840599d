/* The judgements, each beside its words: what is bad says what to do. */
#include "ctl/doctor.h"

#include "common/day.h"
#include "ctl/column.h"

#include "finding_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS 86400000LL

#define HOUR_S 3600

void doctor_say(struct doctor_finding *finding, enum doctor_state state, struct saying saying)
{
    struct buffer sentence = { 0 };

    say_in(&saying, finding->language, &sentence);
    finding->state = state;
    buffer_clear(&finding->detail);
    column_defused_text(sentence.bytes, sentence.length, &finding->detail);
    buffer_text(&finding->detail, "");
    buffer_free(&sentence);
}

void doctor_clock(struct doctor_finding *finding, int64_t own_ms, int64_t date_s)
{
    int64_t ahead_s = own_ms / 1000 - date_s;
    char ahead[24];

    snprintf(ahead, sizeof ahead, "%+" PRId64, ahead_s);
    if (date_s == 0)
        doctor_say(finding, DOCTOR_NONE, SAY_FINDING_CLOCK_UNTOLD());
    else if (llabs(ahead_s) > DOCTOR_CLOCK_S_MAX)
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_CLOCK_OFF(ahead));
    else
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_CLOCK_GOOD(ahead));
}

void doctor_ready(struct doctor_finding *finding, long status, const char *words)
{
    struct buffer line = { 0 };

    buffer_append(&line, words, strcspn(words, "\r\n"));
    buffer_text(&line, "");
    if (status == 200)
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_READY());
    else
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_NOT_READY(status, line.bytes));
    buffer_free(&line);
}

static const char *text_member(const cJSON *row, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(row, name);

    return cJSON_IsString(value) ? value->valuestring : "";
}

void doctor_consumers(struct doctor_finding *finding, const cJSON *items)
{
    double lag_max = 0;
    const cJSON *row;

    cJSON_ArrayForEach(row, items)
    {
        const cJSON *lag = cJSON_GetObjectItemCaseSensitive(row, "lag");
        const char *role = text_member(row, "role");

        if (strcmp(text_member(row, "state"), "stopped") == 0) {
            doctor_say(finding, DOCTOR_BAD, SAY_FINDING_ROLE_STOPPED(role));
            return;
        }
        if (!cJSON_IsNumber(lag))
            continue;
        lag_max = lag->valuedouble > lag_max ? lag->valuedouble : lag_max;
        if (lag->valuedouble > DOCTOR_LAG_MAX) {
            doctor_say(finding, DOCTOR_BAD,
                       SAY_FINDING_ROLE_BEHIND(role, (int64_t)lag->valuedouble));
            return;
        }
    }
    doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_LAG_GOOD((int64_t)lag_max));
}

static bool is_placed(const cJSON *cart, int64_t now_ms)
{
    int64_t fix_ms;

    return time_from_text(text_member(cart, "last_fix"), &fix_ms) &&
           now_ms - fix_ms <= DOCTOR_FIX_MS;
}

void doctor_dispatch(struct doctor_finding *finding, const cJSON *carts, int64_t now_ms)
{
    /* Each is one of those before. */
    int64_t heard = 0, counted = 0, listening = 0, placed = 0;
    const cJSON *cart;

    cJSON_ArrayForEach(cart, carts)
    {
        if (strcmp(text_member(cart, "state"), "heard") != 0 ||
            cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(cart, "fugitive")))
            continue;
        heard++;
        if (!cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(cart, "stock")))
            continue;
        counted++;
        if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(cart, "listens")))
            continue;
        listening++;
        placed += is_placed(cart, now_ms);
    }
    if (placed > 0)
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_DISPATCH_GOOD(placed));
    else if (heard == 0)
        doctor_say(finding, DOCTOR_WARN, SAY_FINDING_DISPATCH_NONE_HEARD());
    else if (counted == 0)
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_DISPATCH_NONE_COUNTED());
    else if (listening == 0)
        doctor_say(finding, DOCTOR_WARN, SAY_FINDING_DISPATCH_NONE_LISTENS());
    else
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_DISPATCH_NONE_PLACED());
}

void doctor_disk(struct doctor_finding *finding, const struct doctor_disk *disk)
{
    if (disk->alerts > 0)
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_DISK_ALERT());
    else if (disk->free_mb < DOCTOR_DISK_MB ||
             disk->free_mb * 100 < disk->total_mb * DOCTOR_DISK_PERCENT)
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_DISK_LOW((int64_t)disk->free_mb, disk->path));
    else
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_DISK_GOOD((int64_t)disk->free_mb, disk->path));
}

void doctor_backup(struct doctor_finding *finding, const struct doctor_backup *backup)
{
    if (backup->alerts > 0)
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_BACKUP_ALERT());
    else if (backup->last_s > 0)
        doctor_say(finding, DOCTOR_GOOD,
                   SAY_FINDING_BACKUP_GOOD((backup->now_s - backup->last_s) / HOUR_S));
    else if (backup->last_s == 0)
        doctor_say(finding, DOCTOR_NONE, SAY_FINDING_BACKUP_NONE());
    else
        doctor_say(finding, DOCTOR_NONE, SAY_FINDING_BACKUP_UNTOLD());
}

void doctor_mails(struct doctor_finding *finding, const cJSON *waiting, const cJSON *failed)
{
    const cJSON *answer =
        waiting ? cJSON_GetObjectItemCaseSensitive(waiting->child, "answer") : NULL;

    if (cJSON_GetArraySize(failed) > 0)
        doctor_say(finding, DOCTOR_BAD,
                   SAY_FINDING_MAIL_FAILED(text_member(failed->child, "answer")));
    /* analysis: analyzer-null-dereference, clang-analyzer-core.NullDereference: it is a string. */
    else if (cJSON_IsString(answer) && answer->valuestring[0])
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_MAIL_WAITING(answer->valuestring));
    else
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_MAIL_GOOD());
}

void doctor_gps(struct doctor_finding *finding, const char *gps)
{
    if (!gps)
        doctor_say(finding, DOCTOR_NONE, SAY_FINDING_NO_AGENT());
    else if (strcmp(gps, "fix") == 0)
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_GPS_GOOD());
    else if (strcmp(gps, "none") == 0)
        doctor_say(finding, DOCTOR_NONE, SAY_FINDING_GPS_NONE());
    else if (strcmp(gps, "nofix") == 0)
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_GPS_NOFIX());
    else
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_GPS_ABSENT());
}

void doctor_certificate(struct doctor_finding *finding, int64_t end_ms, int64_t now_ms)
{
    long days = (long)((end_ms - now_ms) / DAY_MS);

    if (end_ms - now_ms >= DOCTOR_CERT_DAYS * DAY_MS)
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_CERTIFICATE_GOOD(days));
    else
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_CERTIFICATE_ENDING(days));
}

static void tell_clear(struct doctor_finding *finding, const struct doctor_links *in_the_clear)
{
    struct buffer links = { 0 };

    if (in_the_clear->kafka)
        buffer_text(&links, " Kafka (kafka.security.protocol=ssl, sasl_ssl)");
    if (in_the_clear->mqtt)
        buffer_text(&links, " MQTT (mqtt_cafile)");
    if (in_the_clear->collector)
        buffer_text(&links, " CARRITO_URL (https://)");
    doctor_say(finding, DOCTOR_WARN, SAY_FINDING_LINKS_CLEAR(links.bytes));
    buffer_free(&links);
}

void doctor_links(struct doctor_finding *finding, const struct doctor_links *in_the_clear)
{
    if (!in_the_clear->kafka && !in_the_clear->mqtt && !in_the_clear->collector)
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_LINKS_ENCRYPTED());
    else
        tell_clear(finding, in_the_clear);
}

void doctor_names(struct doctor_finding *finding, const cJSON *kept)
{
    const cJSON *days = cJSON_GetObjectItemCaseSensitive(kept, "sale_days");

    if (!days)
        doctor_say(finding, DOCTOR_NONE, SAY_FINDING_NAMES_UNTOLD());
    else if (strcmp(text_member(kept, "clients"), "names") != 0)
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_NAMES_NONE());
    else if (cJSON_IsNumber(days))
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_NAMES_BOUNDED((int64_t)days->valuedouble));
    else
        doctor_say(finding, DOCTOR_WARN, SAY_FINDING_NAMES_WITHOUT_END());
}

void doctor_descriptors(struct doctor_finding *finding, uint64_t open_max)
{
    if (open_max == 0)
        doctor_say(finding, DOCTOR_NONE, SAY_FINDING_NO_MOSQUITTO());
    else if (open_max < DOCTOR_OPEN_MIN)
        doctor_say(finding, DOCTOR_WARN, SAY_FINDING_CONNECTIONS_FEW((int64_t)open_max));
    else
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_CONNECTIONS_GOOD((int64_t)open_max));
}

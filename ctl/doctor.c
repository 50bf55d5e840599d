/* The judgements, each beside its words: what is bad says what to do. */
#include "ctl/doctor.h"

#include "ctl/column.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS 86400000LL

#define HOUR_S 3600

void doctor_say(struct doctor_finding *finding, enum doctor_state state, struct words words, ...)
{
    char *sentence = NULL;
    va_list values;
    int length;

    va_start(values, words);
    length = vasprintf(&sentence, words_in(finding->language, words), values);
    va_end(values);
    finding->state = state;
    buffer_clear(&finding->detail);
    if (length > 0)
        column_defused_text(sentence, (size_t)length, &finding->detail);
    buffer_text(&finding->detail, "");
    if (length >= 0)
        free(sentence);
}

void doctor_clock(struct doctor_finding *finding, int64_t own_ms, int64_t date_s)
{
    int64_t ahead_s = own_ms / 1000 - date_s;

    if (date_s == 0)
        doctor_say(finding, DOCTOR_NONE,
                   (struct words){ "el colector no dijo su hora", "the collector told no time" });
    else if (llabs(ahead_s) > DOCTOR_CLOCK_S_MAX)
        doctor_say(finding, DOCTOR_BAD,
                   (struct words){ "este reloj va %+" PRId64 " s respecto del colector: ponga en "
                                   "hora las dos máquinas (timedatectl set-ntp true)",
                                   "this clock is %+" PRId64 " s from the collector's: set both "
                                   "machines' time (timedatectl set-ntp true)" },
                   ahead_s);
    else
        doctor_say(
            finding, DOCTOR_GOOD,
            (struct words){ "a %+" PRId64 " s del colector", "%+" PRId64 " s from the collector" },
            ahead_s);
}

void doctor_ready(struct doctor_finding *finding, long status, const char *words)
{
    int length = (int)strcspn(words, "\r\n");

    if (status == 200)
        doctor_say(finding, DOCTOR_GOOD, (struct words){ "está listo", "is ready" });
    else
        doctor_say(finding, DOCTOR_BAD,
                   (struct words){ "no está listo (%ld): %.*s; vea su registro (journalctl -u "
                                   "carrito-collector)",
                                   "is not ready (%ld): %.*s; see its log (journalctl -u "
                                   "carrito-collector)" },
                   status, length, words);
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
            doctor_say(finding, DOCTOR_BAD,
                       (struct words){ "%s está detenido: carritoctl consumers start %s",
                                       "%s is stopped: carritoctl consumers start %s" },
                       role, role);
            return;
        }
        if (!cJSON_IsNumber(lag))
            continue;
        lag_max = lag->valuedouble > lag_max ? lag->valuedouble : lag_max;
        if (lag->valuedouble > DOCTOR_LAG_MAX) {
            doctor_say(
                finding, DOCTOR_BAD,
                (struct words){ "%s va atrasado en %.0f mensajes: espere, o vea si la máquina "
                                "da abasto (carritoctl consumers)",
                                "%s is %.0f messages behind: wait, or see whether the machine "
                                "keeps up (carritoctl consumers)" },
                role, lag->valuedouble);
            return;
        }
    }
    doctor_say(finding, DOCTOR_GOOD,
               (struct words){ "el más atrasado, en %.0f mensajes", "the furthest is %.0f behind" },
               lag_max);
}

void doctor_disk(struct doctor_finding *finding, const struct doctor_disk *disk)
{
    if (disk->alerts > 0)
        doctor_say(
            finding, DOCTOR_BAD,
            (struct words){ "el colector avisa que a su disco le queda poco: libere espacio "
                            "allí (carritoctl alerts --kind disk-low)",
                            "the collector says that its disk is nearly full: make room there "
                            "(carritoctl alerts --kind disk-low)" });
    else if (disk->free_mb < DOCTOR_DISK_MB ||
             disk->free_mb * 100 < disk->total_mb * DOCTOR_DISK_PERCENT)
        doctor_say(finding, DOCTOR_BAD,
                   (struct words){ "quedan %" PRIu64 " MB en %s: libere espacio",
                                   "%" PRIu64 " MB are left at %s: make room" },
                   disk->free_mb, disk->path);
    else
        doctor_say(finding, DOCTOR_GOOD,
                   (struct words){ "quedan %" PRIu64 " MB en %s", "%" PRIu64 " MB are left at %s" },
                   disk->free_mb, disk->path);
}

void doctor_backup(struct doctor_finding *finding, const struct doctor_backup *backup)
{
    if (backup->alerts > 0)
        doctor_say(
            finding, DOCTOR_BAD,
            (struct words){ "falta un respaldo reciente de los datos: vea systemctl status "
                            "carrito-backup.service (carritoctl alerts --kind backup-old)",
                            "the store has no fresh backup: see systemctl status "
                            "carrito-backup.service (carritoctl alerts --kind backup-old)" });
    else if (backup->last_s > 0)
        doctor_say(finding, DOCTOR_GOOD,
                   (struct words){ "el último respaldo bueno es de hace %lld h",
                                   "the last good backup is %lld h old" },
                   (long long)(backup->now_s - backup->last_s) / HOUR_S);
    else if (backup->last_s == 0)
        doctor_say(finding, DOCTOR_NONE,
                   (struct words){ "todavía no hay respaldo: systemctl enable --now "
                                   "carrito-backup.timer",
                                   "there is no backup yet: systemctl enable --now "
                                   "carrito-backup.timer" });
    else
        doctor_say(finding, DOCTOR_NONE,
                   (struct words){ "el colector no dice cuándo fue el último",
                                   "the collector does not say when the last one was" });
}

void doctor_mails(struct doctor_finding *finding, const cJSON *waiting, const cJSON *failed)
{
    const cJSON *answer =
        waiting ? cJSON_GetObjectItemCaseSensitive(waiting->child, "answer") : NULL;

    if (cJSON_GetArraySize(failed) > 0)
        doctor_say(finding, DOCTOR_BAD,
                   (struct words){ "hay correos que no se pudieron entregar (%s): carritoctl mail "
                                   "--status failed",
                                   "there are mails that could not be delivered (%s): carritoctl "
                                   "mail --status failed" },
                   text_member(failed->child, "answer"));
    else if (cJSON_IsString(answer) && answer->valuestring[0])
        doctor_say(finding, DOCTOR_BAD,
                   (struct words){ "hay correos en espera (%s): revise CARRITO_SMTP del colector",
                                   "mails are waiting (%s): check the collector's CARRITO_SMTP" },
                   answer->valuestring);
    else
        doctor_say(finding, DOCTOR_GOOD,
                   (struct words){ "nada atascado; «carritoctl mail test» lo prueba",
                                   "nothing is stuck; \"carritoctl mail test\" tries it" });
}

void doctor_gps(struct doctor_finding *finding, const char *gps)
{
    if (!gps)
        doctor_say(finding, DOCTOR_NONE,
                   (struct words){ "aquí no hay agente", "there is no agent here" });
    else if (strcmp(gps, "fix") == 0)
        doctor_say(finding, DOCTOR_GOOD, (struct words){ "tiene posición", "has a fix" });
    else if (strcmp(gps, "none") == 0)
        doctor_say(finding, DOCTOR_NONE,
                   (struct words){ "el agente va sin GPS (CARRITO_GPS)",
                                   "the agent runs without GPS (CARRITO_GPS)" });
    else if (strcmp(gps, "nofix") == 0)
        doctor_say(
            finding, DOCTOR_BAD,
            (struct words){ "no ve satélites: saque la antena al cielo abierto y espere 2 min",
                            "sees no satellites: bring the antenna under open sky, wait 2 min" });
    else
        doctor_say(finding, DOCTOR_BAD,
                   (struct words){ "no responde: revise el cable y gpsd (systemctl status gpsd)",
                                   "does not answer: check the cable and gpsd (systemctl status "
                                   "gpsd)" });
}

void doctor_certificate(struct doctor_finding *finding, int64_t end_ms, int64_t now_ms)
{
    long days = (long)((end_ms - now_ms) / DAY_MS);

    if (end_ms - now_ms >= DOCTOR_CERT_DAYS * DAY_MS)
        doctor_say(finding, DOCTOR_GOOD,
                   (struct words){ "el que usa el agente vale %ld días más",
                                   "the one that the agent uses is valid for %ld more days" },
                   days);
    else
        doctor_say(finding, DOCTOR_BAD,
                   (struct words){ "el que usa el agente vence en %ld días: renuévelo (carritoctl "
                                   "cart renew PATENTE)",
                                   "the one that the agent uses ends in %ld days: renew it "
                                   "(carritoctl cart renew PLATE)" },
                   days);
}

void doctor_links(struct doctor_finding *finding, const struct doctor_links *in_the_clear)
{
    if (!in_the_clear->kafka && !in_the_clear->mqtt && !in_the_clear->collector)
        doctor_say(finding, DOCTOR_GOOD,
                   (struct words){ "lo que sale de esta máquina va cifrado",
                                   "what leaves this machine is encrypted" });
    else
        doctor_say(finding, DOCTOR_WARN,
                   (struct words){ "va sin cifrar a otra máquina:%s%s%s",
                                   "goes to another machine in the clear:%s%s%s" },
                   in_the_clear->kafka ? " Kafka (kafka.security.protocol=ssl, sasl_ssl)" : "",
                   in_the_clear->mqtt ? " MQTT (mqtt_cafile)" : "",
                   in_the_clear->collector ? " CARRITO_URL (https://)" : "");
}

void doctor_descriptors(struct doctor_finding *finding, uint64_t open_max)
{
    if (open_max == 0)
        doctor_say(finding, DOCTOR_NONE,
                   (struct words){ "aquí no corre mosquitto", "no mosquitto runs here" });
    else if (open_max < DOCTOR_OPEN_MIN)
        doctor_say(finding, DOCTOR_WARN,
                   (struct words){ "mosquitto toma a lo más %" PRIu64
                                   " conexiones: LimitNOFILE=65536 "
                                   "(systemctl edit mosquitto)",
                                   "mosquitto takes %" PRIu64 " connections at most: "
                                   "LimitNOFILE=65536 (systemctl edit mosquitto)" },
                   open_max);
    else
        doctor_say(finding, DOCTOR_GOOD,
                   (struct words){ "mosquitto toma %" PRIu64 " conexiones",
                                   "mosquitto takes %" PRIu64 " connections" },
                   open_max);
}

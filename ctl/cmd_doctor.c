/* `carritoctl doctor`: asks everything that the work depends on, and says what to do. The checks
 * are a table; what each concludes is decided in doctor.c. */
#include "common/clock.h"
#include "common/json_read.h"
#include "ctl/doctor_look.h"
#include "ctl/doctor_phones.h"
#include "ctl/fetch.h"
#include "ctl/list.h"
#include "ctl/stop.h"

#include "finding_words.h"
#include "head_words.h"
#include "help_words.h"
#include "usage_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define STORE_FOLDER  "/var/lib/carrito"
#define BACKUP_METRIC "carrito_collector_backup_timestamp_seconds"
#define STATUS_OK     200
#define STATE_WIDTH   4 /* of a finding's first word */

struct doctor {
    const struct ctl *ctl;
    struct http_client *client;
};

/* GET; the `items`, or NULL, and the finding says why. The caller frees `*page`. */
static const cJSON *ask_items(const struct doctor *doctor, const char *path,
                              struct doctor_finding *finding, cJSON **page)
{
    struct http_answer answer = { 0 };
    const cJSON *items = NULL;

    if (!http_client_get(doctor->client, path, &answer))
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_NO_ANSWER(http_client_why(doctor->client)));
    else if (answer.status != STATUS_OK)
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_NOT_SHOWN(answer.status));
    else
        *page = cJSON_ParseWithLength(answer.body.bytes, answer.body.length);
    items = cJSON_GetObjectItemCaseSensitive(*page, "items");
    if (answer.status == STATUS_OK && !cJSON_IsArray(items))
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_STRANGE_ANSWER(path));
    http_answer_free(&answer);
    return cJSON_IsArray(items) ? items : NULL;
}

static void look_clock(struct doctor *doctor, struct doctor_finding *finding)
{
    struct http_answer answer = { 0 };

    if (http_client_get(doctor->client, "/healthz", &answer))
        doctor_clock(finding, clock_wall_ms(), answer.date_s);
    else
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_CLOCK_UNKNOWN());
    http_answer_free(&answer);
}

static void look_collector(struct doctor *doctor, struct doctor_finding *finding)
{
    struct http_answer answer = { 0 };

    if (http_client_get(doctor->client, "/readyz", &answer))
        doctor_ready(finding, answer.status, answer.body.bytes ? answer.body.bytes : "");
    else
        doctor_say(
            finding, DOCTOR_BAD,
            SAY_FINDING_COLLECTOR_AWAY(doctor->ctl->settings.url, http_client_why(doctor->client)));
    http_answer_free(&answer);
}

static void look_consumers(struct doctor *doctor, struct doctor_finding *finding)
{
    cJSON *page = NULL;
    const cJSON *items = ask_items(doctor, "/api/v1/consumers", finding, &page);

    if (items)
        doctor_consumers(finding, items);
    cJSON_Delete(page);
}

/* Also without a token as far as it goes: who orders may see whether carts are asked. */
static void look_orders(struct doctor *doctor, struct doctor_finding *finding)
{
    cJSON *products = NULL, *page = NULL;
    const cJSON *carts = NULL;
    bool known = ask_items(doctor, "/api/v1/products", finding, &products) != NULL;

    if (known && !cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(products, "dispatch")))
        doctor_say(finding, DOCTOR_NONE, SAY_FINDING_ORDERS_ALONE());
    else if (known)
        carts = ask_items(doctor, "/api/v1/carts?state=heard&limit=1000", finding, &page);
    if (carts != NULL)
        doctor_dispatch(finding, carts, clock_wall_ms());
    cJSON_Delete(products);
    cJSON_Delete(page);
}

static void look_mails(struct doctor *doctor, struct doctor_finding *finding)
{
    cJSON *waiting_page = NULL, *failed_page = NULL;
    const cJSON *waiting =
        ask_items(doctor, "/api/v1/mails?status=waiting&limit=1", finding, &waiting_page);
    const cJSON *failed =
        waiting ? ask_items(doctor, "/api/v1/mails?status=failed&limit=1", finding, &failed_page)
                : NULL;

    if (failed)
        doctor_mails(finding, waiting, failed);
    cJSON_Delete(waiting_page);
    cJSON_Delete(failed_page);
}

/* How many alerts of the kind have not ended; 0 where nobody says. */
static int open_alerts(struct doctor *doctor, const char *kind)
{
    struct doctor_finding ignored = { 0 };
    struct buffer path = { 0 };
    cJSON *page = NULL;
    const cJSON *alert;
    int count = 0;

    buffer_format(&path, "/api/v1/alerts?kind=%s", kind);
    cJSON_ArrayForEach(alert, ask_items(doctor, path.bytes, &ignored, &page)) count +=
        cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(alert, "ended"));
    cJSON_Delete(page);
    buffer_free(&path);
    buffer_free(&ignored.detail);
    return count;
}

static void look_disk(struct doctor *doctor, struct doctor_finding *finding)
{
    struct doctor_disk disk = { .path = access(STORE_FOLDER, F_OK) == 0 ? STORE_FOLDER : "/" };
    struct statvfs found;

    if (statvfs(disk.path, &found) != 0) {
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_DISK_UNKNOWN(disk.path));
        return;
    }
    disk.free_mb = (uint64_t)found.f_bavail * found.f_frsize >> 20;
    disk.total_mb = (uint64_t)found.f_blocks * found.f_frsize >> 20;
    disk.alerts = open_alerts(doctor, "disk-low");
    doctor_disk(finding, &disk);
}

/* The value of a metric without labels; negative where the collector does not tell it. */
static double metric_of(const struct doctor *doctor, const char *name)
{
    struct http_answer answer = { 0 };
    size_t length = strlen(name);
    double value = -1;

    if (http_client_get(doctor->client, "/metrics", &answer) && answer.body.bytes != NULL)
        for (const char *at = answer.body.bytes; (at = strstr(at, name)) != NULL; at += length)
            if ((at == answer.body.bytes || at[-1] == '\n') && at[length] == ' ')
                value = strtod(at + length, NULL);
    http_answer_free(&answer);
    return value;
}

static void look_backup(struct doctor *doctor, struct doctor_finding *finding)
{
    struct doctor_backup backup = { .now_s = clock_wall_ms() / 1000 };

    backup.last_s = (int64_t)metric_of(doctor, BACKUP_METRIC);
    backup.alerts = open_alerts(doctor, "backup-old");
    doctor_backup(finding, &backup);
}

static void look_certificate(struct doctor *doctor, struct doctor_finding *finding)
{
    if (open_alerts(doctor, "certificate-expiring") > 0)
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_CERTIFICATE_ALERT());
    else
        doctor_look_certificate(&doctor->ctl->settings, finding);
}

static void look_mqtt(struct doctor *doctor, struct doctor_finding *finding)
{
    doctor_look_mqtt(&doctor->ctl->settings, finding);
}

static void look_kafka(struct doctor *doctor, struct doctor_finding *finding)
{
    doctor_look_kafka(&doctor->ctl->settings, finding);
}

static void look_links(struct doctor *doctor, struct doctor_finding *finding)
{
    doctor_look_links(&doctor->ctl->settings, finding);
}

static void look_descriptors(struct doctor *doctor, struct doctor_finding *finding)
{
    (void)doctor;
    doctor_look_descriptors(finding);
}

static void look_sqlite(struct doctor *doctor, struct doctor_finding *finding)
{
    (void)doctor;
    doctor_look_sqlite(finding);
}

static void look_phones(struct doctor *doctor, struct doctor_finding *finding)
{
    (void)doctor;
    doctor_look_phones(finding);
}

static void look_names(struct doctor *doctor, struct doctor_finding *finding)
{
    struct http_answer answer = { 0 };
    cJSON *kept = NULL;

    if (http_client_get(doctor->client, "/privacidad.json", &answer) && answer.status == STATUS_OK)
        kept = cJSON_ParseWithLength(answer.body.bytes, answer.body.length);
    doctor_names(finding, kept);
    cJSON_Delete(kept);
    http_answer_free(&answer);
}

static void look_gps(struct doctor *doctor, struct doctor_finding *finding)
{
    char gps[DOCTOR_GPS_SIZE];

    (void)doctor;
    doctor_gps(finding, doctor_look_gps(gps) ? gps : NULL);
}

static const struct {
    const char *name; /* for programs */
    const struct sentence *title;
    void (*look)(struct doctor *doctor, struct doctor_finding *finding);
} checks[] = {
    { "collector", &head_look_collector, look_collector },
    { "clock", &head_look_clock, look_clock },
    { "mqtt", &head_look_mqtt, look_mqtt },
    { "kafka", &head_look_kafka, look_kafka },
    { "links", &head_look_links, look_links },
    { "connections", &head_look_connections, look_descriptors },
    { "sqlite", &head_look_sqlite, look_sqlite },
    { "lag", &head_lag, look_consumers },
    { "disk", &head_look_disk, look_disk },
    { "backup", &head_look_backup, look_backup },
    { "certificate", &head_look_certificate, look_certificate },
    { "phones", &head_look_phones, look_phones },
    { "names", &head_look_names, look_names },
    { "gps", &head_look_gps, look_gps },
    { "mail", &head_email, look_mails },
    { "orders", &head_orders, look_orders },
};

static const struct column columns[] = {
    { .key = "check", .title = &head_check },
    { .key = "state", .title = &head_state },
    { .key = "detail", .title = &head_detail },
};

/* A line for people is never cut: it says what to do. */
static void print_line(const struct ctl *ctl, const struct sentence *title,
                       const struct doctor_finding *finding)
{
    static const struct {
        const struct sentence *word;
        const char *paint;
    } states[] = { [DOCTOR_GOOD] = { &head_state_good, "\033[32m" },
                   [DOCTOR_BAD] = { &head_state_bad, "\033[31m" },
                   [DOCTOR_WARN] = { &head_state_warn, "\033[33m" },
                   [DOCTOR_NONE] = { &head_state_none, "" } };
    bool coloured = output_paint(stdout) == TABLE_COLOURED && finding->state != DOCTOR_NONE;
    const char *word = words_in(ctl->language, states[finding->state].word);
    size_t width = table_width(word);

    printf("%s%s%*s%s  %s: %s\n", coloured ? states[finding->state].paint : "", word,
           (int)(width < STATE_WIDTH ? STATE_WIDTH - width : 0), "", coloured ? "\033[0m" : "",
           words_in(ctl->language, title), finding->detail.bytes);
    fflush(stdout);
}

static void add_row(cJSON *rows, const char *name, const struct doctor_finding *finding)
{
    static const char *const states[] = {
        [DOCTOR_GOOD] = "ok", [DOCTOR_BAD] = "bad", [DOCTOR_WARN] = "warn", [DOCTOR_NONE] = "none"
    };
    cJSON *row = cJSON_CreateObject();

    cJSON_AddStringToObject(row, "check", name);
    cJSON_AddStringToObject(row, "state", states[finding->state]);
    cJSON_AddStringToObject(row, "detail", finding->detail.bytes);
    cJSON_AddItemToArray(rows, row);
}

/* Returns whether all is well. */
static bool look_all(struct doctor *doctor, cJSON *rows)
{
    bool good = true;

    for (size_t i = 0; i < sizeof checks / sizeof *checks && !stop_requested(); i++) {
        struct doctor_finding finding = { .language = doctor->ctl->language };

        checks[i].look(doctor, &finding);
        if (doctor->ctl->format == OUTPUT_TABLE)
            print_line(doctor->ctl, checks[i].title, &finding);
        else
            add_row(rows, checks[i].name, &finding);
        good = good && finding.state != DOCTOR_BAD;
        buffer_free(&finding.detail);
    }
    return good && !stop_requested();
}

static int run_doctor(const struct ctl *ctl, const struct options *options)
{
    struct output output = list_output(ctl, columns, sizeof columns / sizeof *columns);
    struct doctor doctor = { .ctl = ctl };
    cJSON *rows = cJSON_CreateArray();
    bool good;

    (void)options;
    stop_on_signals();
    /* Also without a token: what needs one is bad then, and says so. */
    doctor.client = http_client_open(ctl->settings.url, ctl->settings.token, ctl->settings.lang);
    if (!doctor.client || !rows)
        abort();
    good = look_all(&doctor, rows);
    if (ctl->format != OUTPUT_TABLE) {
        output_page(&output, rows);
        good = output_end(&output) && good;
    }
    cJSON_Delete(rows);
    http_client_close(doctor.client);
    return good ? EXIT_OK : EXIT_FAILED;
}

const struct command command_doctor = {
    .name = "doctor",
    .help = &help_checks_clock_mqtt_kafka_links_mosquittos,
    .run = run_doctor,
};

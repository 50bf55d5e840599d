/* With the clients that `tail` has, so that what doctor finds well works there too. */
#include "ctl/doctor_look.h"

#include "common/clock.h"
#include "common/wire_mqtt.h"
#include "ctl/stop.h"
#include "ctl/tail_kafka.h"
#include "ctl/tail_mqtt.h"

#include "finding_words.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AGENT_SOCKET    "/run/carrito/agent.sock"
#define AGENT_WAIT_S    2
#define ANSWER_SIZE     16384
#define SECONDS_PER_DAY 86400
#define PROGRAM_MISSING 127 /* it is not installed */

struct mqtt_look {
    bool told, connected;
    char why[200];
};

static void on_changed(void *owner, const char *why)
{
    struct mqtt_look *look = owner;

    look->told = true;
    look->connected = why == NULL;
    snprintf(look->why, sizeof look->why, "%s", why ? why : "");
}

static void ignore_record(void *owner, const struct tail_record *record)
{
    (void)owner, (void)record;
}

/* Turns until the link is there or the time is over. */
static void wait_for_mqtt(struct tail_mqtt *mqtt, const struct mqtt_look *look)
{
    int64_t until_ms = clock_mono_ms() + DOCTOR_LOOK_MS;

    while (!look->connected && !tail_mqtt_refused(mqtt) && clock_mono_ms() < until_ms &&
           !stop_requested()) {
        struct pollfd at = { tail_mqtt_fd(mqtt), tail_mqtt_poll_events(mqtt), 0 };
        int wait_ms = tail_mqtt_timeout_ms(mqtt, clock_mono_ms());

        poll(&at, 1, wait_ms >= 0 && wait_ms < 200 ? wait_ms : 200);
        tail_mqtt_turn(mqtt, at.revents, clock_mono_ms(), clock_wall_ms());
    }
}

void doctor_look_mqtt(const struct settings *settings, struct doctor_finding *finding)
{
    struct mqtt_look look = { 0 };
    char filter[WIRE_MQTT_TOPIC_SIZE];

    wire_mqtt_bridge_topic(filter, WIRE_ANYBODY);
    struct tail_mqtt *mqtt = tail_mqtt_open(&(struct tail_mqtt_options){ .settings = settings,
                                                                         .filter = filter,
                                                                         .record = ignore_record,
                                                                         .changed = on_changed,
                                                                         .owner = &look });

    if (mqtt)
        wait_for_mqtt(mqtt, &look);
    if (look.connected)
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_ANSWERS(settings->mqtt.host));
    else if (mqtt && tail_mqtt_refused(mqtt))
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_MQTT_REFUSES(settings->mqtt.host, look.why));
    else
        doctor_say(finding, DOCTOR_BAD,
                   SAY_FINDING_MQTT_AWAY(settings->mqtt.host, look.told ? look.why : "–"));
    tail_mqtt_close(mqtt);
}

void doctor_look_kafka(const struct settings *settings, struct doctor_finding *finding)
{
    struct tail tail = { .options = { .filter = "carrito/sales/#" } };
    struct tail_kafka *kafka =
        tail_kafka_open(&(struct tail_kafka_options){ .brokers = settings->kafka_brokers,
                                                      .pairs = &settings->pairs,
                                                      .tail = &tail,
                                                      .start = TAIL_END,
                                                      .record = ignore_record });
    enum tail_kafka_state state = TAIL_KAFKA_AWAY;
    int64_t until_ms = clock_mono_ms() + DOCTOR_LOOK_MS;

    while (kafka && state == TAIL_KAFKA_AWAY && clock_mono_ms() < until_ms && !stop_requested())
        state = tail_kafka_turn(kafka);
    if (state == TAIL_KAFKA_AWAY || state == TAIL_KAFKA_UNKNOWN)
        doctor_say(
            finding, DOCTOR_BAD,
            SAY_FINDING_KAFKA_AWAY(settings->kafka_brokers, kafka ? tail_kafka_why(kafka) : "–"));
    else if (state == TAIL_KAFKA_NO_TOPIC)
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_KAFKA_NO_TOPICS());
    else
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_ANSWERS(settings->kafka_brokers));
    tail_kafka_close(kafka);
}

/* Connects with a limit to how long it may take to speak; -1: nobody there. */
static int connect_agent(void)
{
    const char *path = getenv("CARRITO_SOCKET");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct timeval limit = { .tv_sec = AGENT_WAIT_S };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s",
             path && path[0] ? path : AGENT_SOCKET);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* What the agent of this machine says of itself; NULL where none answers. The caller frees. */
static cJSON *ask_agent(void)
{
    static const char question[] = "{\"request\":\"status\"}\n";
    char answer[ANSWER_SIZE];
    size_t length = 0;
    ssize_t count = 0;
    int fd = connect_agent();

    if (fd < 0)
        return NULL;
    if (send(fd, question, sizeof question - 1, MSG_NOSIGNAL) > 0)
        /* analysis: uninitvar: `length` bytes of it have come. */
        while (length < sizeof answer && !memchr(answer, '\n', length) &&
               (count = recv(fd, answer + length, sizeof answer - length, 0)) > 0)
            length += (size_t)count;
    close(fd);
    cJSON *status = cJSON_ParseWithLength(answer, length);
    return status ? status : cJSON_CreateObject();
}

/* Where the agent of this machine has this file configured: when the certificate ends that it uses,
 * which may be a renewed one. False: no agent does. */
static bool agent_knows_end(const char *file, int64_t *end_ms)
{
    cJSON *status = ask_agent();
    const cJSON *use = cJSON_GetObjectItemCaseSensitive(status, "certificate");
    const cJSON *configured = cJSON_GetObjectItemCaseSensitive(use, "configured");
    const cJSON *end = cJSON_GetObjectItemCaseSensitive(use, "end_ms");
    bool its = cJSON_IsString(configured) && strcmp(configured->valuestring, file) == 0 &&
               cJSON_IsNumber(end) && end->valuedouble > 0;

    if (its)
        *end_ms = (int64_t)end->valuedouble;
    cJSON_Delete(status);
    return its;
}

static _Noreturn void become(const char *const *words)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (nothing >= 0) {
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
        dup2(nothing, STDERR_FILENO);
        /* execvp takes no const, and changes nothing. */
        execvp(words[0], (char *const *)words);
    }
    _exit(errno == ENOENT ? PROGRAM_MISSING : 126);
}

/* Runs another program to its end, without a shell, so that no word is read as a command. `words`
 * ends in NULL. Its input is empty, and nothing of what it says is shown. Returns its exit status,
 * PROGRAM_MISSING, or -1 where it ended otherwise. */
static int run_quietly(const char *const *words)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0)
        become(words);
    while (child > 0 && waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* True where the certificate is valid for so many days from now; *status is openssl's. */
static bool lasts(const char *file, int days, int *status)
{
    char seconds[32];
    const char *words[] = { "openssl", "x509", "-in", file, "-noout", "-checkend", seconds, NULL };

    snprintf(seconds, sizeof seconds, "%d", days * SECONDS_PER_DAY);
    *status = run_quietly(words);
    return *status == 0;
}

void doctor_look_certificate(const struct settings *settings, struct doctor_finding *finding)
{
    const char *file = settings->mqtt.certfile;
    int64_t end_ms = 0;
    int status;

    if (!file || !file[0])
        doctor_say(finding, DOCTOR_NONE, SAY_FINDING_CERTIFICATE_NONE());
    else if (agent_knows_end(file, &end_ms))
        doctor_certificate(finding, end_ms, clock_wall_ms());
    else if (access(file, R_OK) != 0)
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_CERTIFICATE_UNREADABLE(file));
    else if (lasts(file, DOCTOR_CERT_DAYS, &status))
        doctor_say(finding, DOCTOR_GOOD, SAY_FINDING_CERTIFICATE_LASTS(DOCTOR_CERT_DAYS));
    else if (status == PROGRAM_MISSING)
        doctor_say(finding, DOCTOR_NONE, SAY_FINDING_OPENSSL_MISSING());
    else
        doctor_say(finding, DOCTOR_BAD, SAY_FINDING_CERTIFICATE_BAD(file, DOCTOR_CERT_DAYS));
}

bool doctor_look_gps(char gps[DOCTOR_GPS_SIZE])
{
    cJSON *status = ask_agent();
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(status, "gps");
    bool answers = status != NULL;

    snprintf(gps, DOCTOR_GPS_SIZE, "%s", cJSON_IsString(value) ? value->valuestring : "absent");
    cJSON_Delete(status);
    return answers;
}

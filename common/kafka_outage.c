/* A small table of brokers that are away, and how librdkafka 2.0.2 words that they are. */
#include "common/kafka_outage.h"
#include "common/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define AWAY_MAX    64 /* more that are away at once are not told apart: said at debug only */
#define BROKER_SIZE 256
/* A broker that goes still answers on the connections that it has not closed yet, so only a
 * question asked so long after the last failure tells that it is back. */
#define SETTLED_MS 200
/* A broker that has only just started refuses every producer its number, twice a second each, until
 * it has read what it knew. What is refused again so long afterwards is another time. */
#define NUMBERS_MS 60000

/* Why, in two kinds: a broker that is not there, and one that lets nobody in, which a person must
 * mend and which may come after the first. */
enum kind { UNREACHABLE, REFUSED, KINDS };

struct away {
    char broker[BROKER_SIZE];    /* host:port; "" in an empty place */
    int64_t since_ms, failed_ms; /* the first and the last failure */
    bool told[KINDS];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct away table[AWAY_MAX];
static atomic_int away_count; /* looked at without the lock */

/* "host:port/id" without the id: one broker is known by several. */
static void copy_broker(char *broker, const char *name, size_t length)
{
    const char *slash = memrchr(name, '/', length);

    if (slash != NULL)
        length = (size_t)(slash - name);
    snprintf(broker, BROKER_SIZE, "%.*s", (int)length, name);
}

static struct away *find(const char *broker)
{
    for (size_t i = 0; i < AWAY_MAX; i++)
        if (strcmp(table[i].broker, broker) == 0)
            return &table[i];
    return NULL;
}

/* True for the first line of its kind of this broker's outage. */
static bool note(const char *broker, enum kind kind, int64_t mono_ms)
{
    pthread_mutex_lock(&lock);
    struct away *away = find(broker);
    if (away == NULL && (away = find("")) != NULL) {
        snprintf(away->broker, sizeof away->broker, "%s", broker);
        away->since_ms = mono_ms;
        atomic_fetch_add(&away_count, 1);
    }
    bool first = away != NULL && !away->told[kind];
    if (away != NULL) {
        away->told[kind] = true;
        away->failed_ms = mono_ms;
    }
    pthread_mutex_unlock(&lock);
    return first;
}

/* "[thrd:…]: 127.0.0.1:9092/1: Connect to … failed: …", from the application's thread with the
 * client's name before it: finds the broker, and returns the reason; NULL for another line. */
static const char *read_line(const char *text, char *broker)
{
    const char *colon;

    for (const char *at = text; (colon = strstr(at, ": ")) != NULL; at = colon + 2) {
        const char *name = at;
        size_t length = (size_t)(colon - name);
        if (memchr(name, '/', length) != NULL && memchr(name, ':', length) != NULL &&
            memchr(name, ' ', length) == NULL && name[0] != '[') {
            copy_broker(broker, name, length);
            return colon + 2;
        }
    }
    return NULL;
}

/* A producer's number (an idempotent one's "PID") was refused for now: librdkafka asks again. */
static void number_refused(const char *text, int64_t mono_ms)
{
    static int64_t refused_ms;
    static bool refused;

    pthread_mutex_lock(&lock);
    bool first = !refused || mono_ms - refused_ms >= NUMBERS_MS;
    refused = true;
    refused_ms = mono_ms;
    pthread_mutex_unlock(&lock);
    log_line(first ? LOG_LEVEL_WARN : LOG_LEVEL_DEBUG, "kafka",
             "no producer is let in yet, will keep trying", "error=%s", text);
}

bool kafka_outage_take(const char *facility, const char *text, int64_t mono_ms)
{
    char broker[BROKER_SIZE];

    if (strcmp(facility, "GETPID") == 0 && strstr(text, "retrying") != NULL) {
        number_refused(text, mono_ms);
        return true;
    }
    if (strcmp(facility, "FAIL") != 0 && strcmp(facility, "ERROR") != 0)
        return false;
    if (strstr(text, "brokers are down") != NULL)
        return true; /* each of them was said */
    const char *reason = read_line(text, broker);
    if (reason == NULL || strstr(reason, "Fatal error") != NULL)
        return false;
    bool refused = strstr(reason, "SASL") != NULL || strstr(reason, "SSL") != NULL ||
                   strstr(reason, "uthenticat") != NULL;
    bool first = note(broker, refused ? REFUSED : UNREACHABLE, mono_ms);
    log_line(first ? LOG_LEVEL_WARN : LOG_LEVEL_DEBUG, "kafka",
             "a broker cannot be reached, will keep trying", "broker=%s error=%s", broker, reason);
    return true;
}

void kafka_outage_answered(const char *name, int64_t sent_ms, int64_t mono_ms)
{
    char broker[BROKER_SIZE];
    int64_t since_ms = 0;

    if (atomic_load_explicit(&away_count, memory_order_relaxed) == 0 || name[0] == '\0')
        return;
    copy_broker(broker, name, strlen(name));
    pthread_mutex_lock(&lock);
    struct away *away = find(broker);
    if (away != NULL && sent_ms < away->failed_ms + SETTLED_MS)
        away = NULL; /* the last word of a connection that went */
    if (away != NULL) {
        since_ms = away->since_ms;
        *away = (struct away){ .since_ms = 0 };
        atomic_fetch_sub(&away_count, 1);
    }
    pthread_mutex_unlock(&lock);
    if (away != NULL)
        log_info("kafka", "a broker answers again", "broker=%s away_ms=%lld", broker,
                 (long long)(mono_ms - since_ms));
}

/* Builds librdkafka configurations, so that every program waits, retries and logs the same way. */
#include "common/kafka_conf.h"
#include "common/clock.h"
#include "common/kafka_names.h"
#include "common/kafka_outage.h"
#include "common/log.h"

#include <string.h>

#define US_IN_MS    1000
#define PAIR_PREFIX "kafka."
#define FILE_SUFFIX "_file"
#define NAME_SIZE   128 /* of a property, its end included */
#define AUTO_CREATE "allow.auto.create.topics"

/* A pair a line. */
/* clang-format off */
const char *const kafka_producer_settings[] = {
    "enable.idempotence", "true",
    "acks", "all",
    "compression.codec", "lz4",
    "linger.ms", "0",
    /* Never: the default gives a record up after five minutes. */
    "message.timeout.ms", "0",
    /* The Java clients' partitioner, so that theirs and ours agree where a key is. */
    "partitioner", "murmur2_random",
    NULL,
};

const char *const kafka_consumer_settings[] = {
    "enable.auto.commit", "false",
    "enable.auto.offset.store", "false",
    "partition.assignment.strategy", "range",
    "session.timeout.ms", "6000",
    "heartbeat.interval.ms", "1500",
    "auto.offset.reset", "error",
    /* How soon a topic is found that did not exist at start: programs start in any order. */
    "topic.metadata.refresh.interval.ms", "5000",
    NULL,
};

/* What every client of ours has. Nagle's algorithm costs tails of 44 ms. */
static const char *const shared_settings[] = {
    "socket.nagle.disable", "true",
    "socket.keepalive.enable", "true",
    "reconnect.backoff.ms", "100",
    "reconnect.backoff.max.ms", "2000",
    "log.connection.close", "false",
    NULL,
};

/* What no file changes. A broker may make a topic for whoever asks for it, with one partition and a
 * retention of seven days; a producer is one that asks, if it is not told otherwise. */
static const char *const fixed_settings[] = {
    AUTO_CREATE, "false",
    NULL,
};
/* clang-format on */

/* librdkafka's errors (syslog 3) are mostly a peer that is away, which it mends by itself. CONFWARN
 * remarks on settings, such as a producer's among those of a consumer: both read the same file. */
static void on_log(const rd_kafka_t *client, int syslog_level, const char *facility,
                   const char *text)
{
    enum log_level level = syslog_level <= 2   ? LOG_LEVEL_ERROR
                           : syslog_level <= 4 ? LOG_LEVEL_WARN
                           : syslog_level <= 6 ? LOG_LEVEL_INFO
                                               : LOG_LEVEL_DEBUG;

    (void)client;
    if (kafka_outage_take(facility, text, clock_mono_ms()))
        return;
    if (strcmp(facility, "CONFWARN") == 0)
        level = LOG_LEVEL_DEBUG;
    log_line(level, "kafka", text, "facility=%s", facility);
}

static rd_kafka_resp_err_t on_answer(rd_kafka_t *client, int socket, const char *broker, int32_t id,
                                     int16_t api, int16_t version, int32_t correlation, size_t size,
                                     int64_t rtt, rd_kafka_resp_err_t error, void *opaque)
{
    (void)client, (void)socket, (void)id, (void)api, (void)version, (void)correlation;
    (void)size, (void)opaque;
    int64_t now_ms = clock_mono_ms();

    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && broker != NULL && rtt >= 0)
        kafka_outage_answered(broker, now_ms - rtt / US_IN_MS, now_ms);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* The only way in which librdkafka tells that a broker is there again. */
static rd_kafka_resp_err_t on_new(rd_kafka_t *client, const rd_kafka_conf_t *conf, void *opaque,
                                  char *error, size_t error_size)
{
    (void)conf, (void)opaque, (void)error, (void)error_size;
    return rd_kafka_interceptor_add_on_response_received(client, "outage", on_answer, NULL);
}

static bool set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char error[256];

    if (rd_kafka_conf_set(conf, name, value, error, sizeof error) == RD_KAFKA_CONF_OK)
        return true;
    /* The error quotes the value. */
    if (config_is_secret(name))
        log_error("kafka", "property refused", "name=%s", name);
    else
        log_error("kafka", "property refused", "name=%s value=%s error=%s", name, value, error);
    return false;
}

/* `kafka.NAME_file=PATH`: NAME's value stands in a file, as a secret should. None of librdkafka's
 * own properties ends so. The name without prefix and end; false where it is no such pair. */
static bool is_file_pair(const char *name, char property[NAME_SIZE])
{
    size_t length = strlen(name), end = strlen(FILE_SUFFIX);

    if (length <= end || length - end >= NAME_SIZE || strcmp(name + length - end, FILE_SUFFIX) != 0)
        return false;
    memcpy(property, name, length - end);
    property[length - end] = '\0';
    return true;
}

static rd_kafka_conf_res_t try_pair(const char *name, const char *value)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_res_t result = rd_kafka_conf_set(conf, name, value, NULL, 0);

    rd_kafka_conf_destroy(conf);
    return result;
}

const char *kafka_pair_wrong(const char *name, const char *value)
{
    char property[NAME_SIZE], *secret = NULL;

    if (strncmp(name, PAIR_PREFIX, strlen(PAIR_PREFIX)) != 0)
        return NULL;
    name += strlen(PAIR_PREFIX);
    bool is_file = is_file_pair(name, property);
    if (strcmp(is_file ? property : name, AUTO_CREATE) == 0 && strcmp(value, "false") != 0)
        return "no topic is made by asking for it: carrito-collector --create-topics makes them";
    if (is_file) {
        secret = config_read_secret(value);
        if (secret == NULL)
            return "the file cannot be read";
    }
    rd_kafka_conf_res_t result =
        secret != NULL ? try_pair(property, secret) : try_pair(name, value);
    config_free_secret(secret);
    return result == RD_KAFKA_CONF_OK        ? NULL
           : result == RD_KAFKA_CONF_UNKNOWN ? "librdkafka has no such property"
                                             : "librdkafka does not take this value";
}

static bool set_all(rd_kafka_conf_t *conf, const char *const *settings)
{
    for (; settings != NULL && settings[0] != NULL; settings += 2)
        if (!set(conf, settings[0], settings[1]))
            return false;
    return true;
}

static bool set_pair(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char property[NAME_SIZE];

    if (!is_file_pair(name, property))
        return set(conf, name, value);
    char *secret = config_read_secret(value);
    bool done = secret != NULL && set(conf, property, secret);
    config_free_secret(secret);
    return done;
}

static bool set_pairs(rd_kafka_conf_t *conf, const struct config_pairs *pairs)
{
    for (size_t i = 0; pairs != NULL && i < pairs->count; i++) {
        const char *name = pairs->pairs[i].name;
        if (strncmp(name, PAIR_PREFIX, strlen(PAIR_PREFIX)) == 0 &&
            !set_pair(conf, name + strlen(PAIR_PREFIX), pairs->pairs[i].value))
            return false;
    }
    return true;
}

static bool set_parts(rd_kafka_conf_t *conf, const char *const *const *parts)
{
    for (; *parts != NULL; parts++)
        if (!set_all(conf, *parts))
            return false;
    return true;
}

rd_kafka_conf_t *kafka_conf_of(const char *brokers, const struct config_pairs *pairs,
                               const char *const *const *parts)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_resolve_cb(conf, kafka_names_resolve);
    rd_kafka_conf_interceptor_add_on_new(conf, "outage", on_new, NULL);
    if (set(conf, "bootstrap.servers", brokers) && set_all(conf, shared_settings) &&
        set_parts(conf, parts) && set_pairs(conf, pairs) && set_all(conf, fixed_settings))
        return conf;
    rd_kafka_conf_destroy(conf);
    return NULL;
}

rd_kafka_conf_t *kafka_conf_new(const char *brokers, const struct config_pairs *pairs,
                                const char *const *settings)
{
    return kafka_conf_of(brokers, pairs, (const char *const *const[]){ settings, NULL });
}

rd_kafka_t *kafka_client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, const char *module)
{
    char error[256];
    rd_kafka_t *client = conf != NULL ? rd_kafka_new(type, conf, error, sizeof error) : NULL;

    if (conf != NULL && client == NULL) {
        log_error(module, "no Kafka client", "error=%s", error);
        rd_kafka_conf_destroy(conf);
    }
    return client;
}

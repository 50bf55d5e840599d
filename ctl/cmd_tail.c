/* `carritoctl tail`: one loop that waits for MQTT and Kafka and writes lines as they come. */
#include "common/clock.h"
#include "ctl/command.h"
#include "ctl/stop.h"
#include "ctl/tail.h"
#include "ctl/tail_kafka.h"
#include "ctl/tail_mqtt.h"

#include "help_words.h"
#include "text_words.h"
#include "usage_words.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILTER_DEFAULT "carrito/#"

static const struct option_spec options_tail[] = {
    { .name = "cart", .kind = OPTION_CART, .help = &help_only_this_cart },
    { .name = "type",
      .letter = 't',
      .kind = OPTION_TEXT,
      .help = &help_only_this_type_sale_void_location },
    { .name = "offset",
      .letter = 'o',
      .kind = OPTION_TEXT,
      .help = &help_kafka_from_beginning_end_the_default },
    { .name = "count", .letter = 'c', .kind = OPTION_COUNT, .help = &help_ends_after_n_lines },
    { .name = "end", .letter = 'e', .help = &help_ends_at_the_end_of_kafka },
};

struct session {
    const struct ctl *ctl;
    struct tail tail;
    struct buffer out;
    struct tail_kafka *kafka; /* NULL: not wanted */
    struct tail_mqtt *mqtt;   /* NULL: not wanted */
    enum tail_kafka_state kafka_told;
    bool ends_at_end;
};

static void on_record(void *owner, const struct tail_record *record)
{
    struct session *session = owner;

    tail_take(&session->tail, record, &session->out);
}

static void on_mqtt_changed(void *owner, const char *why)
{
    struct session *session = owner;
    const struct ctl *ctl = session->ctl;

    if (why)
        text_say(ctl->language, SAY_TEXT_TAIL_MQTT_AWAY(ctl->settings.mqtt.host, why));
    else
        text_say(ctl->language,
                 SAY_TEXT_TAIL_MQTT_HERE(ctl->settings.mqtt.host, session->tail.options.filter));
}

/* Says how Kafka is, once per change. */
static void tell_kafka(struct session *session, enum tail_kafka_state state)
{
    enum lang language = session->ctl->language;
    const char *brokers = session->ctl->settings.kafka_brokers;
    bool was_reading = session->kafka_told >= TAIL_KAFKA_READING;

    if (state == session->kafka_told || (was_reading && state >= TAIL_KAFKA_READING))
        return;
    session->kafka_told = state;
    if (state == TAIL_KAFKA_AWAY)
        text_say(language, SAY_TEXT_TAIL_KAFKA_AWAY(brokers, tail_kafka_why(session->kafka)));
    else if (state == TAIL_KAFKA_NO_TOPIC)
        text_say(language, SAY_TEXT_TAIL_KAFKA_NO_TOPIC(brokers));
    else
        text_say(language,
                 SAY_TEXT_TAIL_KAFKA_HERE((int64_t)tail_kafka_partitions(session->kafka), brokers));
}

/* False where nobody reads any more. */
static bool write_out(struct session *session)
{
    if (session->out.length > 0)
        fwrite(session->out.bytes, 1, session->out.length, stdout);
    buffer_clear(&session->out);
    return fflush(stdout) == 0 && !ferror(stdout);
}

/* Waits until one of the two has something or a turn is due; returns what MQTT's socket has. */
static short wait_for_records(const struct session *session)
{
    struct pollfd fds[2] = { { .fd = -1 }, { .fd = -1 } };
    int timeout_ms = 1000;

    if (session->kafka) {
        fds[0] = (struct pollfd){ .fd = tail_kafka_fd(session->kafka), .events = POLLIN };
        timeout_ms = tail_kafka_timeout_ms(session->kafka);
    }
    if (session->mqtt) {
        int mqtt_ms = tail_mqtt_timeout_ms(session->mqtt, clock_mono_ms());

        fds[1] = (struct pollfd){ .fd = tail_mqtt_fd(session->mqtt),
                                  .events = tail_mqtt_poll_events(session->mqtt) };
        if (mqtt_ms >= 0 && mqtt_ms < timeout_ms)
            timeout_ms = mqtt_ms;
    }
    return poll(fds, 2, timeout_ms) > 0 ? fds[1].revents : 0;
}

static void follow(struct session *session)
{
    bool at_end = false;

    tail_begin(&session->tail, &session->out);
    while (!stop_requested() && !tail_is_done(&session->tail) &&
           !(at_end && session->ends_at_end)) {
        short revents = wait_for_records(session);

        if (session->mqtt)
            tail_mqtt_turn(session->mqtt, revents, clock_mono_ms(), clock_wall_ms());
        if (session->kafka) {
            enum tail_kafka_state state = tail_kafka_turn(session->kafka);

            tell_kafka(session, state);
            at_end = state == TAIL_KAFKA_AT_END;
        }
        if (!write_out(session))
            break;
    }
}

/* What the words say: a source, a filter, both or none. */
struct wanted {
    bool mqtt, kafka;
    const char *filter;
};

static bool read_words(const struct ctl *ctl, const struct options *options, struct wanted *wanted)
{
    const char *first = options->word_count > 0 ? options->words[0] : "";
    bool mqtt = strcmp(first, "mqtt") == 0, kafka = strcmp(first, "kafka") == 0;
    bool source = mqtt || kafka;

    *wanted = (struct wanted){ .mqtt = !kafka, .kafka = !mqtt, .filter = FILTER_DEFAULT };
    if (!source && options->word_count > 1) {
        text_error(ctl->language, SAY_TEXT_TAIL_SOURCE(first, options->words[1]));
        return false;
    }
    if (options->word_count > source)
        wanted->filter = options->words[source];
    if (!tail_filter_is_valid(wanted->filter)) {
        text_error(ctl->language, SAY_TEXT_TAIL_FILTER_BAD(wanted->filter));
        return false;
    }
    if (options_has(options, "end") && wanted->mqtt) {
        text_error(ctl->language, SAY_TEXT_TAIL_END_MQTT());
        return false;
    }
    return true;
}

static bool open_sources(struct session *session, const struct wanted *wanted,
                         struct tail_kafka_options *kafka)
{
    const struct settings *settings = &session->ctl->settings;

    if (wanted->kafka) {
        kafka->brokers = settings->kafka_brokers;
        kafka->pairs = &settings->pairs;
        kafka->tail = &session->tail;
        kafka->record = on_record;
        kafka->owner = session;
        session->kafka = tail_kafka_open(kafka);
    }
    if (wanted->mqtt)
        session->mqtt = tail_mqtt_open(&(struct tail_mqtt_options){
            .settings = settings,
            .filter = wanted->filter,
            .record = on_record,
            .changed = on_mqtt_changed,
            .owner = session,
        });
    return (session->kafka || !wanted->kafka) && (session->mqtt || !wanted->mqtt);
}

static int run_tail(const struct ctl *ctl, const struct options *options)
{
    const char *count = options_get(options, "count"), *offset = options_get(options, "offset");
    struct session session = { .ctl = ctl, .ends_at_end = options_has(options, "end") };
    struct tail_kafka_options kafka = { .start = TAIL_END };
    struct wanted wanted;
    bool opened;

    if (!read_words(ctl, options, &wanted))
        return EXIT_BAD_ARGUMENTS;
    if (offset && !tail_start_read(offset, &kafka.start, &kafka.last)) {
        text_error(ctl->language, SAY_TEXT_TAIL_OFFSET_BAD(offset));
        return EXIT_BAD_ARGUMENTS;
    }
    session.tail.options = (struct tail_options){
        .filter = wanted.filter,
        .cart = options_get(options, "cart"),
        .type = options_get(options, "type"),
        .format = ctl->format,
        .count_max = count ? strtoull(count, NULL, 10) : 0,
    };
    stop_on_signals();
    signal(SIGPIPE, SIG_IGN); /* `tail | head` and a broker that goes are no reason to die */
    opened = open_sources(&session, &wanted, &kafka);
    if (opened)
        follow(&session);
    tail_mqtt_close(session.mqtt);
    tail_kafka_close(session.kafka);
    buffer_free(&session.out);
    return opened ? EXIT_OK : EXIT_FAILED;
}

const struct command command_tail = {
    .name = "tail",
    .synopsis = &usage_mqtt_kafka_filter_options,
    .help = &help_what_passes_over_mqtt_and_kafka,
    .more = &help_filter_is_of_mqtt,
    .options = options_tail,
    .option_count = sizeof options_tail / sizeof *options_tail,
    .words_max = 2,
    .run = run_tail,
};

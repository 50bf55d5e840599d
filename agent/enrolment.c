/* Line by line: settings until the first part begins, then the parts' own lines. */
#include "agent/enrolment.h"

#include "common/ini.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const part_names[ENROLMENT_PARTS] = {
    [ENROLMENT_KEY] = "key",         [ENROLMENT_CERTIFICATE] = "certificate",
    [ENROLMENT_BROKERS] = "brokers", [ENROLMENT_AUTHORITY] = "authority",
    [ENROLMENT_CLIENTS] = "clients",
};

struct reading {
    struct enrolment *to;
    struct buffer *part; /* whose lines these are; NULL: settings */
    int number;          /* of the line, from 1 */
    char *why;
};

static bool refuse(const struct reading *reading, const char *what)
{
    snprintf(reading->why, ENROLMENT_WHY_MAX, "line %d: %s", reading->number, what);
    return false;
}

static char *copy(struct ini_span span)
{
    char *text = strndup(span.at, span.length);

    if (text == NULL)
        abort();
    return text;
}

static bool begin_part(struct reading *reading, struct ini_span name)
{
    for (size_t i = 0; i < ENROLMENT_PARTS; i++) {
        if (strlen(part_names[i]) != name.length ||
            strncmp(part_names[i], name.at, name.length) != 0)
            continue;
        reading->part = &reading->to->parts[i];
        return reading->part->length == 0 || refuse(reading, "this part was there already");
    }
    return refuse(reading, "no part that this version knows");
}

static bool take_setting(struct reading *reading, const struct ini_line *line)
{
    struct config_pairs *settings = &reading->to->settings;
    struct config_pair *pair = &settings->pairs[settings->count];

    if (settings->count == ENROLMENT_SETTINGS_MAX)
        return refuse(reading, "too many settings");
    pair->name = copy(line->key);
    pair->value = copy(line->value);
    settings->count++;
    for (size_t i = 0; i + 1 < settings->count; i++)
        if (strcmp(settings->pairs[i].name, pair->name) == 0)
            return refuse(reading, "this setting was there already");
    if (strcmp(pair->name, "cart") != 0)
        return true;
    if (!cart_from_person(pair->value, reading->to->cart))
        return refuse(reading, "this is no plate");
    free(pair->value);
    pair->value = strdup(reading->to->cart);
    if (pair->value == NULL)
        abort();
    return true;
}

static bool take_line(struct reading *reading, struct ini_span text)
{
    struct ini_line line = ini_read(text, "");

    if (line.kind == INI_SECTION)
        return begin_part(reading, line.key);
    if (reading->part != NULL) {
        /* What an editor for Windows put at the end of lines is no part of a key. */
        if (text.length > 0 && text.at[text.length - 1] == '\r')
            text.length--;
        if (memchr(text.at, '\0', text.length) != NULL)
            return refuse(reading, "this is no text");
        if (text.length == 0)
            return true;
        buffer_append(reading->part, text.at, text.length);
        buffer_text(reading->part, "\n");
        return true;
    }
    if (line.kind == INI_WRONG)
        return refuse(reading, "neither key=value, a [part] nor a comment");
    return line.kind != INI_PAIR || take_setting(reading, &line);
}

static bool is_whole(const struct enrolment *enrolment, char why[ENROLMENT_WHY_MAX])
{
    const char *missing = enrolment->cart[0] == '\0' ? "cart=" : NULL;

    for (size_t i = 0; i < ENROLMENT_PARTS && missing == NULL; i++)
        if (enrolment->parts[i].length == 0 && i != ENROLMENT_CLIENTS)
            missing = part_names[i];
    if (missing != NULL)
        snprintf(why, ENROLMENT_WHY_MAX, "it is not whole: \"%s\" is missing", missing);
    return missing == NULL;
}

bool enrolment_read(const char *text, size_t length, struct enrolment *enrolment,
                    char why[ENROLMENT_WHY_MAX])
{
    struct reading reading = { .to = enrolment, .number = 1, .why = why };

    if (length > ENROLMENT_BYTES_MAX)
        return refuse(&reading, "the file is too long");
    enrolment->settings.pairs =
        calloc(2 * ENROLMENT_SETTINGS_MAX, sizeof *enrolment->settings.pairs);
    if (enrolment->settings.pairs == NULL)
        abort();
    for (size_t at = ini_mark(text, length); at < length; reading.number++) {
        const char *end = memchr(text + at, '\n', length - at);
        struct ini_span line = { text + at, end != NULL ? (size_t)(end - text) - at : length - at };
        if (!take_line(&reading, line))
            return false;
        at += line.length + 1;
    }
    return is_whole(enrolment, why);
}

void enrolment_free(struct enrolment *enrolment)
{
    for (size_t i = 0; i < enrolment->settings.count; i++) {
        free(enrolment->settings.pairs[i].name);
        free(enrolment->settings.pairs[i].value);
    }
    free(enrolment->settings.pairs);
    for (size_t i = 0; i < ENROLMENT_PARTS; i++)
        buffer_wipe(&enrolment->parts[i]);
    *enrolment = (struct enrolment){ .cart = "" };
}

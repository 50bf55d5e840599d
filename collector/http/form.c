/* Forms, by libmicrohttpd's own reader. */
#include "collector/http/form.h"

#include "collector/http/http_parts.h"
#include "common/json_read.h"

#include <microhttpd.h>
#include <string.h>
#include <strings.h>

#define READER_BYTES 1024 /* what a field's name and head may have, and a piece of its value */

/* A browser of before 2020 tells no more than the page's own address (Origin; RFC 6454). */
static bool is_of_host(struct MHD_Connection *connection, const char *origin)
{
    const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host");
    const char *authority = strstr(origin, "://");
    return host != NULL && authority != NULL && strcasecmp(authority + 3, host) == 0;
}

bool form_is_of_other_site(const struct http_exchange *exchange)
{
    struct MHD_Connection *connection = http_connection(exchange);
    const char *site = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Sec-Fetch-Site");
    const char *origin = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Origin");
    return site != NULL ? strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0
                        : origin != NULL && !is_of_host(connection, origin);
}

bool form_is_sent(const struct http_exchange *exchange)
{
    return !form_is_of_other_site(exchange) && request_is_form(http_request(exchange));
}

/* A form as far as it was read; its last field comes in pieces. */
struct reading {
    cJSON *fields;
    struct buffer name, value;
    int count;
    bool has_field, good;
};

static bool is_text(const struct buffer *bytes)
{
    return bytes->length == 0 || (memchr(bytes->bytes, '\0', bytes->length) == NULL &&
                                  utf8_is_valid(bytes->bytes, bytes->length));
}

/* The field that came in pieces is whole now. A value may be a password. */
static void end_field(struct reading *reading)
{
    const char *name = reading->name.bytes != NULL ? reading->name.bytes : "";
    const char *value = reading->value.bytes != NULL ? reading->value.bytes : "";
    if (!reading->has_field)
        return;
    reading->has_field = false;
    reading->good = reading->good && ++reading->count <= FORM_FIELDS_MAX &&
                    is_text(&reading->name) && is_text(&reading->value) &&
                    cJSON_GetObjectItemCaseSensitive(reading->fields, name) == NULL &&
                    cJSON_AddStringToObject(reading->fields, name, value) != NULL;
    if (reading->value.length > 0)
        /* analysis: clang-analyzer-core.NonNullParamChecker: what has a length has bytes. */
        explicit_bzero(reading->value.bytes, reading->value.length);
    buffer_clear(&reading->name);
    buffer_clear(&reading->value);
}

static enum MHD_Result take_piece(void *cls, enum MHD_ValueKind kind, const char *key,
                                  const char *file, const char *type, const char *encoding,
                                  const char *bytes, uint64_t offset, size_t length)
{
    struct reading *reading = cls;
    (void)kind, (void)file, (void)type, (void)encoding;
    if (key == NULL)
        return MHD_YES;
    if (offset == 0) {
        end_field(reading);
        reading->has_field = true;
        buffer_text(&reading->name, key);
    }
    buffer_append(&reading->value, bytes, length);
    return reading->good ? MHD_YES : MHD_NO;
}

cJSON *form_read(const struct http_exchange *exchange)
{
    struct reading reading = { .fields = cJSON_CreateObject(), .good = true };
    const struct buffer *body = &http_request(exchange)->body;
    struct MHD_PostProcessor *reader =
        MHD_create_post_processor(http_connection(exchange), READER_BYTES, take_piece, &reading);
    bool read = reader != NULL && body->length > 0 &&
                MHD_post_process(reader, body->bytes, body->length) == MHD_YES;
    /* The last field comes with the end. */
    read = reader != NULL && MHD_destroy_post_processor(reader) == MHD_YES && read;
    end_field(&reading);
    buffer_free(&reading.name);
    buffer_wipe(&reading.value);
    if (read && reading.good)
        return reading.fields;
    json_wipe(reading.fields);
    cJSON_Delete(reading.fields);
    return NULL;
}

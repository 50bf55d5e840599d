/* Reads request targets by hand: libmicrohttpd's own decoding passes NULs and bad escapes on. */
#include "collector/http/request.h"

#include "common/json_read.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* One byte at *from, which moves past it; -1 for a bad escape or a NUL. */
static int decoded_byte(const char **from, char blank)
{
    const char *in = *from;
    if (*in != '%') {
        *from = in + 1;
        return (unsigned char)(*in == blank ? ' ' : *in);
    }
    int high = hex_digit(in[1]);
    int low = high < 0 ? -1 : hex_digit(in[2]);
    if (low < 0 || (high == 0 && low == 0))
        return -1;
    *from = in + 3;
    return high * 16 + low;
}

/* Decodes a NUL-terminated piece in place. `blank` is what stands for a blank: '+' in a query
 * (HTML forms), nothing in a path. */
static bool decode(char *text, char blank)
{
    const char *in = text;
    char *out = text;
    while (*in != '\0') {
        int byte = decoded_byte(&in, blank);
        if (byte < 0)
            return false;
        *out++ = (char)byte;
    }
    *out = '\0';
    return utf8_is_valid(text, (size_t)(out - text));
}

static bool read_path(struct request *request, char *path)
{
    if (path[0] != '/')
        return false;
    for (char *rest = path + 1; rest != NULL;) {
        char *segment = strsep(&rest, "/");
        if (request->segment_count == REQUEST_SEGMENTS_MAX || !decode(segment, '\0'))
            return false;
        request->segments[request->segment_count++] = segment;
    }
    return true;
}

/* False where it cannot be read. */
static bool read_parameter(struct request *request, char *text)
{
    char *value = text;
    char *name = strsep(&value, "=");
    if (request->query_count == REQUEST_QUERY_MAX || !decode(name, '+'))
        return false;
    if (value != NULL && !decode(value, '+')) {
        if (request->malformed_parameter == NULL)
            request->malformed_parameter = name;
        return false;
    }
    request->query[request->query_count++] =
        (struct request_parameter){ name, value != NULL ? value : "" };
    return true;
}

static void read_query(struct request *request, char *query)
{
    while (query != NULL) {
        char *text = strsep(&query, "&");
        if (*text != '\0' && !read_parameter(request, text))
            request->query_malformed = true;
    }
}

bool request_read_target(struct request *request, const char *raw)
{
    size_t length = strlen(raw);
    request->segment_count = request->query_count = 0;
    request->malformed_parameter = NULL;
    request->query_malformed = false;
    request->malformed = true;
    if (length > REQUEST_TARGET_MAX)
        return false;
    memcpy(request->target, raw, length + 1);
    char *query = request->target;
    char *path = strsep(&query, "?");
    if (!read_path(request, path))
        return false;
    read_query(request, query);
    request->malformed = false;
    return true;
}

const char *request_query(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->query_count; i++)
        if (strcmp(request->query[i].name, name) == 0)
            return request->query[i].value;
    return NULL;
}

void request_take_query(struct request *request, struct buffer *texts)
{
    buffer_free(&request->body);
    request->body = *texts;
    *texts = (struct buffer){ 0 };
    request->query_count = 0;
    const char *text = request->body.bytes, *end = text + request->body.length;
    while (text < end && request->query_count < REQUEST_QUERY_MAX) {
        const char *value = text + strlen(text) + 1;
        request->query[request->query_count++] = (struct request_parameter){ text, value };
        text = value + strlen(value) + 1;
    }
}

static void write_encoded(const char *text, struct buffer *out)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (const char *c = text; *c != '\0'; c++)
        if (strchr(plain, *c) != NULL)
            buffer_append(out, c, 1);
        else
            buffer_format(out, "%%%02X", (unsigned)(unsigned char)*c);
}

void request_query_write(const struct request *request, const char *without, struct buffer *out)
{
    const char *between = "";
    for (size_t i = 0; i < request->query_count; i++) {
        if (strcmp(request->query[i].name, without) == 0)
            continue;
        buffer_text(out, between);
        write_encoded(request->query[i].name, out);
        buffer_text(out, "=");
        write_encoded(request->query[i].value, out);
        between = "&";
    }
}

/* One of the list's ranges: its type in `type`, its weight as the answer; *list moves behind it. */
static double take_range(const char **list, char type[32])
{
    const char *end = *list + strcspn(*list, ",");
    size_t length = strspn(*list, " \t"), name = strcspn(*list + length, " \t;,");
    const char *weight = *list;
    double q = 1;
    type[0] = '\0';
    if (name < 32) {
        memcpy(type, *list + length, name);
        type[name] = '\0';
    }
    while ((weight = memchr(weight, ';', (size_t)(end - weight))) != NULL) {
        weight += 1 + strspn(weight + 1, " \t");
        if (strncasecmp(weight, "q=", 2) == 0)
            q = strtod(weight + 2, NULL);
    }
    *list = *end == ',' ? end + 1 : end;
    return q;
}

bool request_prefers_csv(const struct request *request)
{
    const char *list = request->accept != NULL ? request->accept : "";
    double csv = 0, json = 0;
    char type[32];
    while (*list != '\0') {
        double q = take_range(&list, type);
        if (strcasecmp(type, "text/csv") == 0)
            csv = q;
        else if (strcasecmp(type, "application/json") == 0)
            json = q;
    }
    return csv > json;
}

const char *request_bearer(const struct request *request)
{
    static const char scheme[] = "Bearer ";
    const char *value = request->authorization;
    if (value == NULL || strncasecmp(value, scheme, sizeof scheme - 1) != 0)
        return NULL;
    return value + sizeof scheme - 1;
}

/* The type, whatever parameters follow it. */
static bool is_type(const struct request *request, const char *type)
{
    size_t length = strlen(type);
    const char *said = request->content_type;
    if (said == NULL || strncasecmp(said, type, length) != 0)
        return false;
    return said[length] == '\0' || said[length] == ';' || said[length] == ' ';
}

bool request_is_json(const struct request *request)
{
    return is_type(request, "application/json");
}

bool request_is_ndjson(const struct request *request)
{
    return is_type(request, "application/x-ndjson");
}

bool request_is_form(const struct request *request)
{
    return is_type(request, "application/x-www-form-urlencoded") ||
           is_type(request, "multipart/form-data");
}

/* Finding a route in the tables. */
#include "collector/call/route.h"

#include <stdio.h>
#include <string.h>

const struct route *route_at(const struct route_set *set, size_t index)
{
    for (size_t i = 0; i < set->count; i++) {
        if (index < set->tables[i]->count)
            return &set->tables[i]->routes[index];
        index -= set->tables[i]->count;
    }
    return NULL;
}

/* Parameters that whole kinds of routes share. */
static const struct {
    enum route_flag flag;
    const char *name;
} shared_parameters[] = {
    { ROUTE_LIST, "limit" },
    { ROUTE_LIST, "cursor" },
    { ROUTE_CSV, "format" },
    { ROUTE_CSV, "dialect" },
};
#define SHARED_COUNT (sizeof shared_parameters / sizeof *shared_parameters)

/* What `--routes` calls them. */
static const struct {
    enum route_flag flag;
    const char *word;
} flag_words[] = {
    { ROUTE_LIST, "list" },       { ROUTE_CSV, "csv" },
    { ROUTE_WORKER, "worker" },   { ROUTE_NO_STORE, "no-store" },
    { ROUTE_JSON, "json" },       { ROUTE_LIMITED, "limited" },
    { ROUTE_HASHES, "hashes" },   { ROUTE_IDEMPOTENT, "idempotent" },
    { ROUTE_LATER, "later" },     { ROUTE_NDJSON, "ndjson" },
    { ROUTE_BASIC, "basic" },     { ROUTE_SUMS, "sums" },
    { ROUTE_WHO, "who" },         { ROUTE_KAFKA, "kafka" },
    { ROUTE_PHONE, "phone" },     { ROUTE_FORM, "form" },
    { ROUTE_PERSONS, "persons" }, { ROUTE_SEARCH, "search" },
    { ROUTE_SECRET, "secret" },   { ROUTE_FIND, "find" },
};
#define FLAG_COUNT (sizeof flag_words / sizeof *flag_words)

/* Only what is for programs is taken at its word. */
static bool is_strict(const char *pattern)
{
    return strncmp(pattern, API, sizeof API - 1) == 0;
}

/* Whether what is left of the path from here on is nothing: people's links get a `/` appended, too.
 */
static bool is_end(const char *pattern, const struct request *request, size_t at)
{
    size_t left = request->segment_count - at;
    return left == 0 || (left == 1 && request->segments[at][0] == '\0' && !is_strict(pattern));
}

/* True where the path has the pattern's segments; notes what stands for its {names}. */
static bool path_matches(const char *pattern, const struct request *request,
                         struct route_match *match)
{
    const char *whole = pattern;
    size_t parameters = 0, i = 0;
    match->cart = NULL;
    for (; *pattern == '/'; i++) {
        const char *segment = pattern + 1;
        size_t length = strcspn(segment, "/");
        pattern = segment + length;
        if (i == request->segment_count)
            return false;
        const char *value = request->segments[i];
        if (segment[0] == '{') {
            if (strncmp(segment, "{cart}", length) == 0)
                match->cart = value;
            match->parameters[parameters++] = value;
        } else if (strlen(value) != length || memcmp(value, segment, length) != 0) {
            return false;
        }
    }
    return is_end(whole, request, i);
}

static void allow(struct route_match *match, const char *method)
{
    size_t length = strlen(match->allow);
    const char *comma = length > 0 ? ", " : "";
    const char *head = strcmp(method, "GET") == 0 ? ", HEAD" : "";
    if (strstr(match->allow, method) == NULL) /* with and without the last `/` it may be two */
        snprintf(match->allow + length, sizeof match->allow - length, "%s%s%s", comma, method,
                 head);
}

enum route_result route_find(const struct route_set *set, const struct request *request,
                             struct route_match *match)
{
    const char *method = strcmp(request->method, "HEAD") == 0 ? "GET" : request->method;
    memset(match, 0, sizeof *match);
    const struct route *route;
    for (size_t i = 0; (route = route_at(set, i)) != NULL; i++) {
        if (!path_matches(route->pattern, request, match))
            continue;
        match->route = route;
        if (strcmp(route->method, method) == 0)
            return ROUTE_FOUND;
        allow(match, route->method);
    }
    return match->allow[0] != '\0' ? ROUTE_NO_METHOD : ROUTE_NO_PATH;
}

/* Is the name one of the words in a text that separates them by spaces? */
static bool has_word(const char *words, const char *name)
{
    size_t length = strlen(name);
    while (*words != '\0') {
        size_t word = strcspn(words, " ");
        if (word == length && memcmp(words, name, length) == 0)
            return true;
        words += word + strspn(words + word, " ");
    }
    return false;
}

static bool route_takes(const struct route *route, const char *name)
{
    if (route->query != NULL && has_word(route->query, name))
        return true;
    for (size_t i = 0; i < SHARED_COUNT; i++)
        if ((route->flags & (unsigned)shared_parameters[i].flag) != 0 &&
            strcmp(shared_parameters[i].name, name) == 0)
            return true;
    return false;
}

bool route_query_is_malformed(const struct route *route, const struct request *request)
{
    const char *name = request->malformed_parameter;

    return request->query_malformed &&
           (is_strict(route->pattern) || (name != NULL && route_takes(route, name)));
}

const char *route_bad_parameter(const struct route *route, const struct request *request,
                                bool *repeated)
{
    if (!is_strict(route->pattern))
        return NULL;
    for (size_t i = 0; i < request->query_count; i++) {
        const struct request_parameter *parameter = &request->query[i];
        *repeated = route_takes(route, parameter->name);
        if (!*repeated || request_query(request, parameter->name) != parameter->value)
            return parameter->name;
    }
    return NULL;
}

size_t route_body_max(const struct route *route)
{
    if ((route->flags & ROUTE_NDJSON) != 0)
        return ROUTE_LINES_MAX;
    return (route->flags & ROUTE_PHONE) != 0 ? ROUTE_PHONE_MAX : REQUEST_BODY_MAX;
}

void route_parameter_names(const struct route *route, struct buffer *out)
{
    buffer_text(out, "");
    for (const char *c = route->query != NULL ? route->query : ""; *c != '\0'; c++)
        buffer_text(out, *c == ' ' ? ", " : (char[]){ *c, '\0' });
    for (size_t i = 0; i < SHARED_COUNT; i++)
        if ((route->flags & (unsigned)shared_parameters[i].flag) != 0)
            buffer_format(out, "%s%s", out->length > 0 ? ", " : "", shared_parameters[i].name);
    if (out->length == 0)
        buffer_text(out, "-");
}

static void print_roles(unsigned roles, FILE *out)
{
    const char *comma = "";
    if (roles == WHO_OPEN)
        fputs("everybody", out);
    for (unsigned role = 1; role != 0 && role <= roles; role <<= 1)
        if ((roles & role) != 0) {
            fprintf(out, "%s%s", comma, role_name((enum role)role));
            comma = ",";
        }
}

static void print_flags(unsigned flags, FILE *out)
{
    const char *comma = "";
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if ((flags & (unsigned)flag_words[i].flag) != 0) {
            fprintf(out, "%s%s", comma, flag_words[i].word);
            comma = ",";
        }
    if (comma[0] == '\0')
        fputs("-", out);
}

void routes_print(const struct route_set *set, FILE *out)
{
    const struct route *route;
    for (size_t i = 0; (route = route_at(set, i)) != NULL; i++) {
        struct buffer names = { 0 };
        route_parameter_names(route, &names);
        fprintf(out, "%s\t%s\t", route->method, route->pattern);
        print_roles(route->roles, out);
        fprintf(out, "\t%s\t", names.bytes);
        print_flags(route->flags, out);
        fputc('\n', out);
        buffer_free(&names);
    }
}

/* What an answer owns, and its headers. */
#include "collector/http/response.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void response_header(struct response *response, const char *name, const char *value)
{
    assert(response->header_count < RESPONSE_HEADERS_MAX);
    struct response_header *header = &response->headers[response->header_count++];
    header->name = name;
    snprintf(header->value, sizeof header->value, "%s", value);
}

void response_clear(struct response *response)
{
    if (response->drop != NULL)
        response->drop(response->source);
    buffer_free(&response->body);
    memset(response, 0, sizeof *response);
}

/* request_read_target: what is accepted is inside the request, is text, and has no empty way to
 * escape its segment: no slash, no NUL. */
#include "collector/http/request.h"
#include "common/json_read.h"
#include "tests/fuzz/fuzz.h"

static void claim_text(const struct request *request, const char *text)
{
    CLAIM(text >= request->target && text <= request->target + REQUEST_TARGET_MAX);
    CLAIM(utf8_is_valid(text, strlen(text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request *request = calloc(1, sizeof *request);
    char *text = fuzz_text(data, size);

    CLAIM(request != NULL);
    request->method = "GET";
    request->authorization = request->content_type = text;
    if (request_read_target(request, text)) {
        CLAIM(!request->malformed);
        CLAIM(request->segment_count <= REQUEST_SEGMENTS_MAX);
        CLAIM(request->query_count <= REQUEST_QUERY_MAX);
        for (size_t i = 0; i < request->segment_count; i++)
            claim_text(request, request->segments[i]);
        for (size_t i = 0; i < request->query_count; i++) {
            claim_text(request, request->query[i].name);
            if (request->query[i].value[0] != '\0') /* an absent one is a constant */
                claim_text(request, request->query[i].value);
            CLAIM(request_query(request, request->query[i].name) != NULL);
        }
    } else {
        CLAIM(request->malformed);
    }
    request_bearer(request);
    request_is_json(request);
    buffer_free(&request->body);
    free(request);
    free(text);
    return 0;
}

/* carritoctl's tail: whatever passes by, a line for people steers no terminal and a line for
 * programs is one JSON object on one line. Input: filter, topic, key, payload. */
#include "ctl/tail.h"
#include "tests/fuzz/fuzz.h"

static void claim_plain(const struct buffer *out)
{
    for (size_t i = 0; i < out->length; i++)
        CLAIM((unsigned char)out->bytes[i] >= 0x20 || out->bytes[i] == '\n');
}

static void claim_json_lines(const struct buffer *out, uint64_t count)
{
    const char *at = out->bytes, *end = out->bytes + out->length;

    for (; count > 0; count--) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        cJSON *line;

        CLAIM(stop != NULL);
        line = cJSON_ParseWithLength(at, (size_t)(stop - at));
        CLAIM(cJSON_IsObject(line));
        cJSON_Delete(line);
        at = stop + 1;
    }
    CLAIM(at == end);
}

static void take(const struct tail_options *options, const struct tail_record *record)
{
    struct tail tail = { .options = *options };
    struct buffer out = { 0 };

    tail_take(&tail, record, &out);
    if (options->format == OUTPUT_TABLE)
        claim_plain(&out);
    else if (options->format == OUTPUT_JSON && tail.count > 0)
        claim_json_lines(&out, tail.count);
    buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *filter = fuzz_line(&data, &size), *topic = fuzz_line(&data, &size);
    char *key = fuzz_line(&data, &size);
    struct tail_record record = { .topic = topic,
                                  .key = key,
                                  .time_ms = 1790000000000,
                                  .payload = (const char *)data,
                                  .length = size };
    struct tail_options options = { .filter = filter };

    if (tail_filter_is_valid(filter)) {
        for (options.format = OUTPUT_TABLE; options.format <= OUTPUT_CSV; options.format++) {
            record.source = TAIL_MQTT;
            take(&options, &record);
            record.source = TAIL_KAFKA;
            take(&options, &record);
        }
    }
    free(filter);
    free(topic);
    free(key);
    return 0;
}

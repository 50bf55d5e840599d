/* config_load on a file: a value that was accepted is of its type and within its bounds, and
 * nothing is left behind. The file is in memory; what is wrong is told on standard error, so run
 * libFuzzer with -close_fd_mask=2. */
#include "common/config.h"
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

struct values {
    char *host;
    int64_t port;
    bool loud;
    char *text;
};

static const struct config_key keys[] = {
    { .name = "mqtt_host",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct values, host),
      .initial = "127.0.0.1",
      .check = config_is_host_list,
      .allowed = "host[:port],...",
      .help = "brokers" },
    { .name = "mqtt_port",
      .type = CONFIG_INT,
      .offset = offsetof(struct values, port),
      .initial = "1883",
      .min = 1,
      .max = 65535,
      .help = "port" },
    { .name = "loud", .type = CONFIG_SWITCH, .offset = offsetof(struct values, loud) },
    { .name = "text", .type = CONFIG_TEXT, .offset = offsetof(struct values, text) },
};

static const char *const prefixes[] = { "kafka.", "products.", NULL };

static const struct config_spec spec = {
    .program = "config_fuzz",
    .usage = "config_fuzz",
    .keys = keys,
    .key_count = sizeof keys / sizeof *keys,
    .pair_prefixes = prefixes,
};

static void load(char *path)
{
    char program[] = "config_fuzz", option[] = "--config";
    char *argv[] = { program, option, path, NULL };
    struct config_pairs pairs = { 0 };
    struct values values = { 0 };
    int argc = 3;
    enum config_result result = config_load(&spec, &values, &pairs, &argc, argv, NULL, NULL);

    CLAIM(result == CONFIG_OK || result == CONFIG_BAD);
    if (result == CONFIG_OK) {
        CLAIM(argc == 1);
        CLAIM(values.port >= 1 && values.port <= 65535);
        CLAIM(config_is_host_list(values.host));
        for (size_t i = 0; i < pairs.count; i++)
            CLAIM(strncmp(pairs.pairs[i].name, "kafka.", 6) == 0 ||
                  strncmp(pairs.pairs[i].name, "products.", 9) == 0);
    }
    config_free(&spec, &values, &pairs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("config", MFD_CLOEXEC);
    char path[64];

    CLAIM(fd >= 0);
    CLAIM(write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    load(path);
    close(fd);
    return 0;
}

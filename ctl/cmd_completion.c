/* `carritoctl completion bash|zsh`: prints the script that the packages install. */
#include "ctl/command.h"
#include "ctl/completion.h"

#include "help_words.h"
#include "text_words.h"
#include "usage_words.h"

#include <stdio.h>
#include <string.h>

static int run_completion(const struct ctl *ctl, const struct options *options)
{
    static const struct {
        const char *shell;
        void (*write)(struct buffer *out);
    } shells[] = { { "bash", completion_bash }, { "zsh", completion_zsh } };
    struct buffer script = { 0 };

    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(shells[i].shell, options->words[0]) == 0)
            shells[i].write(&script);
    if (!script.bytes) {
        text_error(ctl->language, SAY_TEXT_WORD_BAD(options->words[0], "bash, zsh"));
        return EXIT_BAD_ARGUMENTS;
    }
    fputs(script.bytes, stdout);
    buffer_free(&script);
    return fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}

const struct command command_completion = {
    .name = "completion",
    .synopsis = &usage_bash_zsh,
    .help = &help_the_script_for_shell_completion,
    .words_min = 1,
    .words_max = 1,
    .run = run_completion,
};

/* carritoctl, the operators' command line: the way from its words to one of its commands. */
#include "common/clock.h"
#include "common/day.h"
#include "common/log.h"
#include "ctl/action.h"
#include "ctl/command.h"
#include "ctl/days.h"
#include "ctl/help.h"

#include "text_words.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMANDS_MAX 64 /* names that are looked through for a near one */

static int refuse_command(const struct ctl *ctl, const char *typed)
{
    const char *names[COMMANDS_MAX], *nearest;
    size_t count = 0;

    for (; count < command_count && count < COMMANDS_MAX; count++)
        names[count] = commands[count]->name;
    nearest = nearest_name(typed, names, count);
    if (nearest)
        text_error(ctl->language, SAY_TEXT_COMMAND_NEAREST(typed, nearest));
    else
        text_error(ctl->language, SAY_TEXT_COMMAND_UNKNOWN(typed));
    return EXIT_BAD_ARGUMENTS;
}

/* Nobody is asked for the sake of --help. */
static bool takes_days(const struct command *command, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return false;
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].kind == OPTION_DAY || command->options[i].kind == OPTION_TIME)
            return true;
    return command->action_count > 0 && command->actions[0].words[0] == WORD_DAY;
}

static struct option_rules rules_of(const struct ctl *ctl, const struct command *command)
{
    return (struct option_rules){
        .specs = command->options,
        .count = command->option_count,
        .words_min = command->words_min,
        .words_max = command->words_max,
        .words_help = words_in(ctl->language, command->synopsis),
        .now_ms = ctl->now_ms,
        .language = ctl->language,
    };
}

/* Whether the command can do something with these words and options. */
static bool can(const struct ctl *ctl, const struct command *command,
                const struct arguments *arguments)
{
    struct option_rules rules = rules_of(ctl, command);
    struct options options;
    struct buffer why = { 0 };
    bool read = options_read(&rules, arguments, &options, &why);

    buffer_free(&why);
    return read && (options_has(&options, "help") || action_is_there(command, &options));
}

/* `cart --state vanished` is the list `carts`, and `orders ID` is `order ID`. */
static const struct command *which(const struct ctl *ctl, const struct command *command,
                                   const struct arguments *arguments)
{
    bool other = command->other != NULL && !can(ctl, command, arguments) &&
                 can(ctl, command->other, arguments);

    return other ? command->other : command;
}

/* Reads the command's options and runs it. The name is argv[0]. */
static int run(struct ctl *ctl, const struct command *typed, int argc, char **argv)
{
    struct arguments arguments = { argc - 1, argv + 1 };
    const struct command *command = which(ctl, typed, &arguments);
    struct option_rules rules = rules_of(ctl, command);
    struct options options;
    struct buffer why = { 0 };
    int status = EXIT_BAD_ARGUMENTS;

    if (takes_days(command, argc, argv))
        days_follow(ctl);
    if (!options_read(&rules, &arguments, &options, &why)) {
        fprintf(stderr, "carritoctl: %s\n", why.bytes);
    } else if (options_has(&options, "help")) {
        help_command(ctl->language, command);
        status = EXIT_OK;
    } else {
        if (options_has(&options, "json"))
            ctl->format = OUTPUT_JSON;
        else if (options_has(&options, "csv"))
            ctl->format = OUTPUT_CSV;
        status = command->run ? command->run(ctl, &options) : action_run(ctl, command, &options);
    }
    buffer_free(&why);
    return status;
}

/* `carritoctl --json daily` is `carritoctl daily --json`. */
static void bring_command_forward(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *word = argv[i];

        if (word[0] == '-')
            continue;
        memmove(&argv[2], &argv[1], (size_t)(i - 1) * sizeof *argv);
        argv[1] = word;
        return;
    }
}

static int dispatch(struct ctl *ctl, int argc, char **argv)
{
    const char *typed;

    bring_command_forward(argc, argv);
    typed = argc > 1 ? argv[1] : "";
    if (!*typed) {
        help_program(ctl->language, stderr);
        return EXIT_BAD_ARGUMENTS;
    }
    if (strcmp(typed, "--version") == 0)
        return help_version();
    if (strcmp(typed, "--help") == 0 || strcmp(typed, "-h") == 0 || strcmp(typed, "help") == 0) {
        help_program(ctl->language, stdout);
        return EXIT_OK;
    }
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(typed, commands[i]->name) == 0 ||
            (commands[i]->also != NULL && strcmp(typed, commands[i]->also) == 0))
            return run(ctl, commands[i], argc - 1, argv + 1);
    return refuse_command(ctl, typed);
}

static void warn_of_readable_token(const struct ctl *ctl)
{
    char *path = settings_path();

    if (path && settings_is_readable_by_others(path))
        text_say(ctl->language, SAY_TEXT_FILE_READABLE(path));
    free(path);
}

int main(int argc, char **argv)
{
    struct ctl ctl = { .now_ms = clock_wall_ms() };
    enum config_result result;
    int status;

    setlocale(LC_CTYPE, "C.UTF-8"); /* for the widths of letters; words are our own */
    log_set_level("error");         /* a person reads sentences; --log debug shows the rest */
    result = settings_load(&ctl.settings, &argc, argv);
    status = config_exit_status(result);
    if (result == CONFIG_OK) {
        ctl.language = lang_from_name(ctl.settings.lang);
        warn_of_readable_token(&ctl);
        if (day_set_zone(ctl.settings.tz)) {
            status = dispatch(&ctl, argc, argv);
        } else {
            text_error(ctl.language, SAY_TEXT_ZONE_UNKNOWN(ctl.settings.tz));
            status = config_exit_status(CONFIG_BAD);
        }
    }
    settings_free(&ctl.settings);
    return status;
}

/* Help is written from the tables that the program works by, so that it cannot lie. */
#include "ctl/help.h"

#include "ctl/action.h"
#include "ctl/http_client.h"
#include "ctl/tail_kafka.h"

#include "text_words.h"
#include "usage_words.h"

#include <string.h>

#define NAME_WIDTH    24
#define ACTION_WIDTH  36
#define COMMAND_WIDTH 16

void help_program(enum lang language, FILE *file)
{
    fprintf(file, "%s\n\n%s\n", words_in(language, &text_usage),
            words_in(language, &text_commands));
    for (size_t i = 0; i < command_count; i++)
        fprintf(file, "  %-*s %s\n", COMMAND_WIDTH, commands[i]->name,
                words_in(language, commands[i]->help));
    fprintf(file, "\n%s\n", words_in(language, &text_settings));
    settings_print_help(file);
}

static void print_option(enum lang language, const struct option_spec *spec)
{
    static const struct sentence *const values[] = {
        [OPTION_TEXT] = &usage_value_text,     [OPTION_COUNT] = &usage_n,
        [OPTION_NUMBER] = &usage_value_number, [OPTION_DAY] = &usage_value_day,
        [OPTION_SPAN] = &usage_value_day,      [OPTION_TIME] = &usage_value_time,
        [OPTION_CART] = &usage_plate,          [OPTION_CHOICE] = NULL,
    };
    const char *value =
        spec->kind == OPTION_CHOICE ? spec->choices : words_in(language, values[spec->kind]);
    char name[128], letter[8] = "    ";
    size_t width;

    if (spec->letter)
        snprintf(letter, sizeof letter, "-%c, ", spec->letter);
    snprintf(name, sizeof name, "%s--%s%s%s", letter, spec->name, value[0] ? " " : "", value);
    width = table_width(name);
    printf("  %s%*s  %s\n", name, (int)(width < NAME_WIDTH ? NAME_WIDTH - width : 0), "",
           words_in(language, spec->help));
}

/* The line of an action; the one that needs no word was told as the command itself. */
static void print_action(enum lang language, const struct command *command,
                         const struct action *action)
{
    const char *synopsis = words_in(language, action->synopsis);
    char line[128];
    size_t width;

    if (!action->word)
        return;
    snprintf(line, sizeof line, "%s %s%s%s", command->name, action->second ? "" : action->word,
             synopsis[0] && !action->second ? " " : "", synopsis);
    width = table_width(line);
    printf("  %s%*s  %s\n", line, (int)(width < ACTION_WIDTH ? ACTION_WIDTH - width : 0), "",
           words_in(language, action->help));
}

void help_command(enum lang language, const struct command *command)
{
    struct buffer usage = { 0 };

    say_in(&SAY_TEXT_COMMAND_USAGE(command->name, words_in(language, command->synopsis)), language,
           &usage);
    printf("%s\n%s\n", usage.bytes, words_in(language, command->help));
    buffer_free(&usage);
    if (command->more)
        printf("%s\n", words_in(language, command->more));
    if (command->actions && command->actions[0].word)
        printf("\n%s\n", words_in(language, &text_actions));
    for (size_t i = 0; i < command->action_count; i++)
        print_action(language, command, &command->actions[i]);
    printf("\n%s\n", words_in(language, &text_options));
    for (size_t i = 0; i < command->option_count; i++)
        print_option(language, &command->options[i]);
    for (size_t i = 0; i < options_common_count; i++)
        print_option(language, &options_common[i]);
}

int help_version(void)
{
    printf("carritoctl %s\nlibcurl/%s\nlibrdkafka/%s\ncJSON/%s\n", CARRITO_VERSION,
           http_client_library(), tail_kafka_library(), cJSON_Version());
    return EXIT_OK;
}

/* Help is written from the tables that the program works by, so that it cannot lie. */
#include "ctl/help.h"

#include "ctl/action.h"
#include "ctl/http_client.h"
#include "ctl/tail_kafka.h"

#include <string.h>

#define NAME_WIDTH    24
#define ACTION_WIDTH  36
#define COMMAND_WIDTH 16

void help_program(enum language language, FILE *file)
{
    fputs(text_of(language, TEXT_USAGE), file);
    fputs(text_of(language, TEXT_COMMANDS), file);
    for (size_t i = 0; i < command_count; i++) {
        const char *help = words_in(language, commands[i]->help);

        /* The first line of a longer help is enough here. */
        fprintf(file, "  %-*s %.*s\n", COMMAND_WIDTH, commands[i]->name, (int)strcspn(help, "\n"),
                help);
    }
    fputs(text_of(language, TEXT_SETTINGS), file);
    settings_print_help(file);
}

static void print_option(enum language language, const struct option_spec *spec)
{
    static const struct words values[] = {
        [OPTION_FLAG] = { "", "" },
        [OPTION_TEXT] = { " TEXTO", " TEXT" },
        [OPTION_COUNT] = { " N", " N" },
        [OPTION_NUMBER] = { " NÚMERO", " NUMBER" },
        [OPTION_DAY] = { " DÍA", " DAY" },
        [OPTION_TIME] = { " MOMENTO", " TIME" },
        [OPTION_CART] = { " PATENTE", " PLATE" },
        [OPTION_CHOICE] = { " ", " " },
    };
    char name[128], letter[8] = "    ";
    size_t width;

    if (spec->letter)
        snprintf(letter, sizeof letter, "-%c, ", spec->letter);
    snprintf(name, sizeof name, "%s--%s%s%s", letter, spec->name,
             words_in(language, values[spec->kind]),
             spec->kind == OPTION_CHOICE ? spec->choices : "");
    width = table_width(name);
    printf("  %s%*s  %s\n", name, (int)(width < NAME_WIDTH ? NAME_WIDTH - width : 0), "",
           words_in(language, spec->help));
}

/* The line of an action; the one that needs no word was told as the command itself. */
static void print_action(enum language language, const struct command *command,
                         const struct action *action)
{
    const char *synopsis = words_in(language, action->synopsis);
    char line[128];
    size_t width;

    if (!action->word)
        return;
    snprintf(line, sizeof line, "%s %s%s%s", command->name, action->second ? "" : action->word,
             synopsis && !action->second ? " " : "", synopsis ? synopsis : "");
    width = table_width(line);
    printf("  %s%*s  %s\n", line, (int)(width < ACTION_WIDTH ? ACTION_WIDTH - width : 0), "",
           words_in(language, action->help));
}

void help_command(enum language language, const struct command *command)
{
    printf(text_of(language, TEXT_COMMAND_USAGE), command->name,
           words_in(language, command->synopsis), words_in(language, command->help));
    if (command->actions && command->actions[0].word)
        fputs(text_of(language, TEXT_ACTIONS), stdout);
    for (size_t i = 0; i < command->action_count; i++)
        print_action(language, command, &command->actions[i]);
    fputs(text_of(language, TEXT_OPTIONS), stdout);
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

/* Help is written from the tables that the program works by, so that it cannot lie. */
#include "ctl/help.h"

#include "ctl/http_client.h"
#include "ctl/tail_kafka.h"

#include <string.h>

#define NAME_WIDTH 24

void help_program(enum language language, const struct command *const *commands, size_t count,
                  FILE *file)
{
    fputs(text_of(language, TEXT_USAGE), file);
    fputs(text_of(language, TEXT_COMMANDS), file);
    for (size_t i = 0; i < count; i++) {
        const char *help = words_in(language, commands[i]->help);

        /* The first line of a longer help is enough here. */
        fprintf(file, "  %-10s %.*s\n", commands[i]->name, (int)strcspn(help, "\n"), help);
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

void help_command(enum language language, const struct command *command)
{
    printf(text_of(language, TEXT_COMMAND_USAGE), command->name,
           words_in(language, command->synopsis), words_in(language, command->help));
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

/* Prints what carritoctl asks the API for, from the tables that it works by: a line for each list
 * and action, "METHOD PATH | csv or - | parameters | command". No test: ctl_asks_for_all.py reads
 * it. */
#include "ctl/action.h"
#include "ctl/list.h"

#include <stdio.h>
#include <string.h>

/* The options that are parameters of the API. */
static void print_parameters(const struct command *command)
{
    printf(" |");
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].parameter)
            printf(" %s", command->options[i].parameter);
}

static void print_list(const struct command *command, const char *method, const char *under)
{
    printf("%s %s%s | %s", method, command->list->path, under,
           command->list->csv == LIST_CSV_API ? "csv" : "-");
    print_parameters(command);
    printf(" | %s\n", command->name);
}

static bool names_persons(const struct command *command)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].names_person)
            return true;
    return false;
}

static void print_action(const struct command *command, const struct action *action)
{
    if (!action->method)
        return;
    printf("%s %.*s | %s", action->method, (int)strcspn(action->path, "?"), action->path,
           action->has_csv ? "csv" : "-");
    print_parameters(command);
    printf(" | %s%s%s\n", command->name, action->word ? " " : "", action->word ? action->word : "");
}

int main(void)
{
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = commands[i];

        if (command->list)
            print_list(command, "GET", "");
        if (command->list && names_persons(command))
            print_list(command, "POST", "/find");
        for (size_t j = 0; j < command->action_count; j++)
            print_action(command, &command->actions[j]);
    }
    return 0;
}

/* A script of two `case`s: what may come after an option, and what a command knows. */
#include "ctl/completion.h"

#include "ctl/action.h"
#include "ctl/command.h"

#include <stdio.h>
#include <string.h>

/* The name of a case: both numbers where there are two. */
static void add_name(const struct command *command, const char *after, struct buffer *out)
{
    buffer_text(out, "    ");
    if (command->also != NULL)
        buffer_format(out, "%s%s|", command->also, after);
    buffer_format(out, "%s%s", command->name, after);
}

static void add_names(const struct option_spec *specs, size_t count, struct buffer *out)
{
    for (size_t i = 0; i < count; i++)
        buffer_format(out, " --%s", specs[i].name);
}

static void add_choices(const char *choices, struct buffer *out)
{
    for (; *choices; choices++)
        buffer_append(out, *choices == '|' ? " " : choices, 1);
}

/* The values of an option of some command, where they are few. */
static void add_value_case(const struct command *command, struct buffer *out)
{
    char after[64];

    for (size_t i = 0; i < command->option_count; i++) {
        const struct option_spec *spec = &command->options[i];

        if (spec->kind != OPTION_CHOICE)
            continue;
        snprintf(after, sizeof after, ":--%s", spec->name);
        add_name(command, after, out);
        buffer_text(out, ") words=\"");
        add_choices(spec->choices, out);
        buffer_text(out, "\" ;;\n");
    }
}

static void add_command_case(const struct command *command, struct buffer *out)
{
    add_name(command, "", out);
    buffer_text(out, ") words=\"");
    for (size_t i = 0; i < command->action_count; i++)
        if (command->actions[i].word)
            buffer_format(out, "%s ", command->actions[i].word);
    add_names(command->options, command->option_count, out);
    add_names(options_common, options_common_count, out);
    buffer_text(out, "\" ;;\n");
}

static void add_function(struct buffer *out)
{
    buffer_text(out, "_carritoctl() {\n"
                     "    local command= words= i\n"
                     "    local current=${COMP_WORDS[COMP_CWORD]}\n"
                     "    local before=${COMP_WORDS[COMP_CWORD - 1]}\n"
                     "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                     "        case ${COMP_WORDS[i]} in\n"
                     "        -*) ;;\n"
                     "        *) command=${COMP_WORDS[i]}; break ;;\n"
                     "        esac\n"
                     "    done\n"
                     "    case $command:$before in\n");
    for (size_t i = 0; i < command_count; i++)
        add_value_case(commands[i], out);
    buffer_text(out, "    esac\n"
                     "    [[ $words ]] || case $command in\n"
                     "    '') words=\"");
    for (size_t i = 0; i < command_count; i++)
        buffer_format(out, "%s%s", i > 0 ? " " : "", commands[i]->name);
    buffer_text(out, " --help --version\" ;;\n");
    for (size_t i = 0; i < command_count; i++)
        add_command_case(commands[i], out);
    buffer_text(out, "    esac\n"
                     "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
                     "}\n"
                     "complete -o default -F _carritoctl carritoctl\n");
}

void completion_bash(struct buffer *out)
{
    buffer_text(out,
                "# bash completion for carritoctl, written by `carritoctl completion bash`.\n");
    add_function(out);
}

void completion_zsh(struct buffer *out)
{
    buffer_text(out, "#compdef carritoctl\n"
                     "# zsh completion for carritoctl, written by `carritoctl completion zsh`.\n"
                     "autoload -U +X bashcompinit && bashcompinit\n");
    add_function(out);
}

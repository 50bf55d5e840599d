/* What a command is, and what every command gets. */
#ifndef CARRITO_CTL_COMMAND_H
#define CARRITO_CTL_COMMAND_H

#include "ctl/options.h"
#include "ctl/output.h"
#include "ctl/settings.h"

/* Exit statuses (the contract's section 7). */
enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_BAD_ARGUMENTS = 2 };

struct ctl {
    struct settings settings;
    enum lang language;
    enum output_format format;
    int64_t now_ms; /* wall clock at start, for "today" */
};

struct action;
struct list;

struct command {
    const char *name;
    const char *also; /* its name in the other number: "member"; NULL: none */
    /* Where both numbers are commands, the other one: what one cannot do is the other's. */
    const struct command *other;
    const struct sentence *synopsis; /* what stands after the name; NULL: nothing */
    const struct sentence *help;     /* one line */
    const struct sentence *more;     /* another, for --help; NULL: none */
    const struct option_spec *options;
    size_t option_count;
    size_t words_min, words_max;
    /* Where there is no `run`: what its first word may ask for (action.h), and the list that is
     * shown without one; NULL: there is none. */
    const struct list *list;
    const struct action *actions;
    size_t action_count;
    /* Returns the exit status; what went wrong was told. */
    int (*run)(const struct ctl *ctl, const struct options *options);
};

/* Every command, in the order of --help. */
extern const struct command *const commands[]; /* commands.c */
extern const size_t command_count;

/* Each lives in the file that is named behind it. */
extern const struct command command_login; /* cmd_login.c */
extern const struct command command_password;
extern const struct command command_logout; /* cmd_logout.c */
extern const struct command command_forget;
extern const struct command command_whoami; /* cmd_desk.c */
extern const struct command command_sell;
extern const struct command command_void;
extern const struct command command_products;
extern const struct command command_track; /* cmd_track.c */
extern const struct command command_evidence;
extern const struct command command_revisions;
extern const struct command command_hours;
extern const struct command command_carts;   /* cmd_lists.c */
extern const struct command command_closing; /* cmd_closing.c */
extern const struct command command_cart;
extern const struct command command_sales;
extern const struct command command_audit;
extern const struct command command_trace;
extern const struct command command_stock;
extern const struct command command_restocks;
extern const struct command command_fugitives; /* cmd_guild.c */
extern const struct command command_report;
extern const struct command command_reports;
extern const struct command command_members;
extern const struct command command_orders;
extern const struct command command_phone;
extern const struct command command_order;
extern const struct command command_alerts; /* cmd_centre.c */
extern const struct command command_blocked;
extern const struct command command_consumers;
extern const struct command command_dead_letters;
extern const struct command command_set_aside;
extern const struct command command_mail;
extern const struct command command_actions;
extern const struct command command_daily; /* cmd_daily.c */
extern const struct command command_tail;  /* cmd_tail.c */
extern const struct command command_user;  /* cmd_user.c */
extern const struct command command_sessions;
extern const struct command command_person;     /* cmd_person.c */
extern const struct command command_simulate;   /* cmd_simulate.c */
extern const struct command command_replay;     /* cmd_replay.c */
extern const struct command command_import;     /* cmd_import.c */
extern const struct command command_doctor;     /* cmd_doctor.c */
extern const struct command command_completion; /* cmd_completion.c */

#endif

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
    enum language language;
    enum output_format format;
    int64_t now_ms; /* wall clock at start, for "today" */
};

struct command {
    const char *name;
    struct words synopsis; /* what stands after the name */
    struct words help;     /* one line */
    const struct option_spec *options;
    size_t option_count;
    size_t words_min, words_max;
    /* Returns the exit status; what went wrong was told. */
    int (*run)(const struct ctl *ctl, const struct options *options);
};

/* Each lives in the file of its name. */
extern const struct command command_login; /* cmd_login.c */
extern const struct command command_carts; /* cmd_lists.c, and the rest of the lists */
extern const struct command command_cart;
extern const struct command command_sales;
extern const struct command command_audit;
extern const struct command command_consumers;
extern const struct command command_daily; /* cmd_daily.c */
extern const struct command command_tail;  /* cmd_tail.c */

#endif

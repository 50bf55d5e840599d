/* Users from the command line. A password is never an argument: those are seen by `ps`. */
#include "collector/access/user_command.h"

#include "collector/access/login.h"
#include "collector/access/users.h"
#include "collector/store/store_schema.h"

#include "action_sql.h"

#include "common/clock.h"
#include "common/day.h"
#include "common/event.h"
#include "common/json_read.h"

#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORD_BYTES_MAX (PASSWORD_MAX * 4 + 2)

struct user_arguments {
    enum role role;
    char cart[CART_LENGTH_MAX + 1]; /* "": none */
    const char *name;               /* NULL: none */
    const char *word;               /* behind the name; NULL: none */
    const char *act;                /* as it stands among the acts; NULL: none */
    struct store *store;
};

static int say(int status, const char *sentence, const char *about)
{
    fprintf(stderr, "carrito-collector user: ");
    fprintf(stderr, "%s%s%s\n", sentence, about != NULL ? ": " : "", about != NULL ? about : "");
    return status;
}

static int usage(const char *what)
{
    say(2, what, NULL);
    fputs("usage: carrito-collector user add --role ROLE [--cart PLATE] NAME\n"
          "       carrito-collector user list\n"
          "       carrito-collector user role [--cart PLATE] NAME ROLE\n"
          "       carrito-collector user remove|password|unblock|token NAME\n"
          "ROLE is viewer, operator, admin, vendor (with --cart) or tracker.\n"
          "The password is asked for on a terminal, else it is one line of standard input.\n"
          "`token` prints a token of the user's role that does not expire.\n",
          stderr);
    return 2;
}

/* Reads one line without its end; on a terminal without showing it. */
static bool read_line(const char *prompt, char line[PASSWORD_BYTES_MAX])
{
    struct termios shown, hidden;
    bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &shown) == 0;
    if (terminal) {
        fputs(prompt, stderr);
        hidden = shown;
        hidden.c_lflag &= (tcflag_t)~ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    bool read = fgets(line, PASSWORD_BYTES_MAX, stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    if (read)
        line[strcspn(line, "\r\n")] = '\0';
    return read;
}

struct typed {
    char first[PASSWORD_BYTES_MAX], again[PASSWORD_BYTES_MAX];
};

static bool read_password(struct typed *typed, char hash[PASSWORD_HASH_SIZE])
{
    char *first = typed->first, *again = typed->again;
    struct json_reason why = { 0 };
    if (!read_line("Password: ", first)) {
        say(1, "there is no password on standard input", NULL);
        return false;
    }
    size_t length = utf8_is_valid(first, strlen(first)) ? utf8_code_points(first) : 0;
    if (length < PASSWORD_MIN || length > PASSWORD_MAX) {
        say(1, "a password has 8 to 256 characters", NULL);
        return false;
    }
    if (!password_may_be("password", first, &why)) {
        say(1, why.text, NULL);
        return false;
    }
    if (isatty(STDIN_FILENO) && (!read_line("Again: ", again) || strcmp(first, again) != 0)) {
        say(1, "the two passwords differ", NULL);
        return false;
    }
    return password_hash(first, hash);
}

/* Asks for a new password and hashes it. */
static bool new_password(char hash[PASSWORD_HASH_SIZE])
{
    struct typed typed = { 0 };
    bool read = read_password(&typed, hash);
    explicit_bzero(&typed, sizeof typed);
    return read;
}

/* Who is at the machine: who became root by sudo, or the process's own user. */
static void local_user(char name[USER_NAME_MAX + 16])
{
    const char *sudo = getenv("SUDO_USER");
    const struct passwd *own = getpwuid(getuid());

    snprintf(name, USER_NAME_MAX + 16, "local:%.*s", USER_NAME_MAX,
             sudo != NULL && sudo[0] != '\0' ? sudo
             : own != NULL                   ? own->pw_name
                                             : "?");
}

static void note_act(const struct user_arguments *arguments)
{
    char who[USER_NAME_MAX + 16];

    local_user(who);
    store_run(arguments->store, SQL_ACTION_INSERT, "itttt", clock_wall_ms(), who, arguments->act,
              arguments->name, arguments->role != ROLE_NONE ? role_name(arguments->role) : NULL);
}

/* Ends the transaction and says what became of it. `changed`: the user was there (or the name
 * free). `done` is NULL where what the command prints says enough. */
static int judge(struct user_arguments *arguments, bool changed, const char *done,
                 const char *otherwise)
{
    if (changed)
        note_act(arguments);
    if (store_commit(arguments->store) != STORE_OK)
        return say(1, "the store does not take it", NULL);
    if (!changed)
        return say(1, otherwise, arguments->name);
    return done != NULL ? say(0, done, arguments->name) : 0;
}

static bool has_its_plate(const struct user_arguments *arguments)
{
    return (arguments->role == ROLE_VENDOR) == (arguments->cart[0] != '\0');
}

static int usage_of_plates(void)
{
    return usage("a vendor, and nobody else, is bound to a plate with --cart");
}

static int add(struct user_arguments *arguments)
{
    char hash[PASSWORD_HASH_SIZE];
    bool vendor = arguments->role == ROLE_VENDOR;
    if (arguments->role == ROLE_NONE)
        return usage("add needs a role, as --role operator");
    if (!has_its_plate(arguments))
        return usage_of_plates();
    if (!new_password(hash))
        return 1;
    struct user user = { .name = arguments->name,
                         .role = arguments->role,
                         .cart = vendor ? arguments->cart : NULL,
                         .password = hash };
    store_begin(arguments->store);
    bool added = user_add(arguments->store, &user, clock_wall_ms());
    return judge(arguments, added, "added", "there is such a user already");
}

static int list(struct user_arguments *arguments)
{
    char created[TIME_TEXT_SIZE];
    struct user_row row;
    struct store_rows *rows = user_list(arguments->store);
    while (user_list_next(rows, &row)) {
        time_text(row.created_ms, created);
        printf("%-24s %-9s %-16s %s%s\n", row.name, row.role, row.cart, created,
               row.blocked_until_ms > clock_wall_ms() ? " blocked" : "");
    }
    return store_status(arguments->store) == STORE_OK ? 0
                                                      : say(1, "the store cannot be read", NULL);
}

static int remove_user(struct user_arguments *arguments)
{
    store_begin(arguments->store);
    enum user_change removal = user_remove(arguments->store, arguments->name);
    return judge(arguments, removal == USER_CHANGED, "removed",
                 removal == USER_LAST_ADMIN ? "this is the last admin; add another one first"
                                            : "there is no such user");
}

static int set_password(struct user_arguments *arguments)
{
    char hash[PASSWORD_HASH_SIZE];
    if (!new_password(hash))
        return 1;
    store_begin(arguments->store);
    bool changed = user_set_password(arguments->store, arguments->name, hash);
    return judge(arguments, changed, "the password is changed", "there is no such user");
}

static int set_role(struct user_arguments *arguments)
{
    arguments->role = role_from_name(arguments->word);
    if (arguments->role == ROLE_NONE)
        return usage("there is no such role");
    if (!has_its_plate(arguments))
        return usage_of_plates();
    struct user user = { .name = arguments->name,
                         .role = arguments->role,
                         .cart = arguments->cart[0] != '\0' ? arguments->cart : NULL };
    store_begin(arguments->store);
    enum user_change change = user_set_role(arguments->store, &user);
    return judge(arguments, change == USER_CHANGED, "the role is changed, and its sign-ins ended",
                 change == USER_LAST_ADMIN ? "this is the last admin; add another one first"
                 : change == USER_SAME     ? "has this role already"
                                           : "there is no such user");
}

static int unblock(struct user_arguments *arguments)
{
    store_begin(arguments->store);
    bool lifted = login_lift(arguments->store, arguments->name, clock_wall_ms());
    return judge(arguments, lifted, "the block is lifted", "there is no block of this name");
}

static int give_token(struct user_arguments *arguments)
{
    struct account account;
    struct identity who = { 0 };
    struct token token = { 0 };
    store_begin(arguments->store);
    account_read(arguments->store, arguments->name, &account);
    who.role = account.role;
    snprintf(who.name, sizeof who.name, "%s", arguments->name);
    snprintf(who.cart, sizeof who.cart, "%s", account.cart);
    if (account.known)
        token_give(arguments->store, &who, arguments->name, &token, clock_wall_ms());
    int status = judge(arguments, account.known, NULL, "there is no such user");
    if (status == 0)
        puts(token.text);
    return status;
}

enum command_words { COMMAND_ALONE, COMMAND_WITH_NAME, COMMAND_WITH_WORD };

static const struct {
    const char *word;
    enum command_words words;
    int (*run)(struct user_arguments *arguments);
    const char *act; /* as the API calls it */
} commands[] = {
    { "add", COMMAND_WITH_NAME, add, "user-add" },
    { "list", COMMAND_ALONE, list, NULL },
    { "remove", COMMAND_WITH_NAME, remove_user, "user-remove" },
    { "password", COMMAND_WITH_NAME, set_password, "user-password" },
    { "role", COMMAND_WITH_WORD, set_role, "user-role" },
    { "unblock", COMMAND_WITH_NAME, unblock, "block-lift" },
    { "token", COMMAND_WITH_NAME, give_token, "token-add" },
};
#define COMMANDS_COUNT (sizeof commands / sizeof *commands)

/* Reads options and the name. NULL: fine; else what is wrong. */
static const char *read_arguments(int argc, char **argv, struct user_arguments *arguments)
{
    static const struct option options[] = { { "role", required_argument, NULL, 'r' },
                                             { "cart", required_argument, NULL, 'c' },
                                             { 0 } };
    int option;
    opterr = 0;
    optind = 0; /* glibc: begin anew, because main has read its own */
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'r' && (arguments->role = role_from_name(optarg)) == ROLE_NONE)
            return "there is no such role";
        if (option == 'c' && !cart_from_person(optarg, arguments->cart))
            return "--cart is no plate; one is BBCL23";
        if (option == '?')
            return "an option is unknown, or lacks its value";
    }
    arguments->name = optind < argc ? argv[optind++] : NULL;
    arguments->word = optind < argc ? argv[optind++] : NULL;
    if (optind < argc)
        return "there are too many words";
    if (arguments->name != NULL && !user_name_is_valid(arguments->name))
        return "a name is letters, digits and . _ @ - (at most 64, a letter or digit first)";
    return NULL;
}

int user_command(const char *store_url, int argc, char **argv)
{
    struct user_arguments arguments = { .role = ROLE_NONE };
    size_t i = 0;
    while (i < COMMANDS_COUNT && (argc < 1 || strcmp(commands[i].word, argv[0]) != 0))
        i++;
    if (i == COMMANDS_COUNT)
        return usage(argc < 1 ? "a word is missing" : "this word is unknown");
    const char *wrong = read_arguments(argc, argv, &arguments);
    if (wrong != NULL)
        return usage(wrong);
    enum command_words words = arguments.word != NULL   ? COMMAND_WITH_WORD
                               : arguments.name != NULL ? COMMAND_WITH_NAME
                                                        : COMMAND_ALONE;
    if (words != commands[i].words)
        return usage(words > commands[i].words ? "there are too many words"
                     : words == COMMAND_ALONE  ? "the name is missing"
                                               : "the role is missing");
    struct store_cause cause;
    enum store_result result;
    arguments.store =
        store_open_current(&(struct store_wanted){ store_url, STORE_DURABLE }, &result, &cause);
    if (arguments.store == NULL)
        return say(store_exit_status(result), cause.text, store_url);
    arguments.act = commands[i].act;
    int status = commands[i].run(&arguments);
    store_tidy(arguments.store); /* where no collector runs, one file is all of the store */
    store_close(arguments.store);
    return status;
}

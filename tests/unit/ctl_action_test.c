/* Proves that an action's row and the person's words become the request that the API takes, that a
 * wrong word is told before anything is asked, and that every row of the table is whole. */
#include "ctl/action.h"
#include "ctl/completion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct action *action_of(const struct command *command, const char *word)
{
    for (size_t i = 0; i < command->action_count; i++)
        if (!command->actions[i].word || strcmp(command->actions[i].word, word) == 0)
            return &command->actions[i];
    fail_msg("%s has no %s", command->name, word);
    return NULL;
}

/* Reads the words as main does, and drafts the request. */
static bool draft_of(const struct command *command, char *const *argv, struct action_draft *draft)
{
    struct option_rules rules = { .specs = command->options,
                                  .count = command->option_count,
                                  .words_max = command->words_max,
                                  .words_help = "",
                                  .language = LANG_EN };
    struct arguments arguments = { 0, argv };
    struct options options;
    const struct action *action;

    while (argv[arguments.count])
        arguments.count++;
    assert_true(options_read(&rules, &arguments, &options, &draft->why));
    action = action_of(command, options.word_count > 0 ? options.words[0] : "");
    draft->first = action->word ? 1 : 0;
    return action_request(LANG_EN, action, &options, draft);
}

static void words_become_a_request(void **state)
{
    static const struct {
        const struct command *command;
        char *words[10];
        const char *path, *body;
    } cases[] = {
        { &command_restocks, { "done", "3" }, "/api/v1/restocks/3/done", "" },
        { &command_restocks, { "announce" }, "/api/v1/restocks/announce", "" },
        { &command_fugitives, { "clear", "bbcl23" }, "/api/v1/fugitives/BBCL23", "" },
        { &command_fugitives, { "confirm", "bbcl23" }, "/api/v1/fugitives/BBCL23/confirm", "" },
        { &command_phone, { "remove", "bbcl23", "9f0c" }, "/api/v1/carts/BBCL23/phones/9f0c", "" },
        { &command_trace, { "bbcl23", "9f0c", "7" }, "/api/v1/trace/BBCL23/9f0c/7", "" },
        { &command_alerts, { "ack", "a/b?c" }, "/api/v1/alerts/a%2Fb%3Fc/ack", "" },
        { &command_dead_letters, { "retry", "0", "12" }, "/api/v1/dead-letters/0/12/retry", "" },
        { &command_consumers,
          { "messages", "sales", "5" },
          "/api/v1/consumers/sales/messages?limit=5",
          "" },
        { &command_members,
          { "reject", "12345678-5", "--reason", "sin \"patente\"" },
          "/api/v1/members/12345678-5/decision",
          "{\"accept\":false,\"reason\":\"sin \\\"patente\\\"\"}" },
        { &command_members,
          { "accept", "12345678-5" },
          "/api/v1/members/12345678-5/decision",
          "{\"accept\":true}" },
        { &command_mail, { "test" }, "/api/v1/mail/test", "{}" },
        { &command_mail, { "test", "a@b.cl" }, "/api/v1/mail/test", "{\"to\":\"a@b.cl\"}" },
        { &command_report,
          { "--lat", "-33.5", "--lon=-70.5", "--cart", "bbcl23" },
          "/api/v1/reports",
          "{\"cart\":\"BBCL23\",\"lat\":-33.5,\"lon\":-70.5}" },
        { &command_report,
          { "--lat", "-33.5", "--lon=-70.5", "--cart", "bb\u00b7cl-23-K" },
          "/api/v1/reports",
          "{\"cart\":\"BBCL23\",\"lat\":-33.5,\"lon\":-70.5}" },
        { &command_sell,
          { "bbcl23", "-q", "3", "--stock", "0", "--lat", "-33.5", "--lon", "-70.5" },
          "/api/v1/sales",
          "{\"cart\":\"BBCL23\",\"quantity\":3,\"stock\":0,\"lat\":-33.5,\"lon\":-70.5}" },
        { &command_orders, { "hold", "9f0c" }, "/api/v1/orders/9f0c/hold", "" },
        { &command_orders,
          { "assign", "9f0c", "bb\u00b7cl-23" },
          "/api/v1/orders/9f0c/assign",
          "{\"cart\":\"BBCL23\"}" },
        { &command_fugitives, { "clear", "B-BCL23" }, "/api/v1/fugitives/BBCL23", "" },
        { &command_user,
          { "token", "bot", "--role", "viewer", "--days", "30" },
          "/api/v1/tokens",
          "{\"name\":\"bot\",\"role\":\"viewer\",\"days\":30}" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct action_draft draft = { 0 };

        assert_true(draft_of(cases[i].command, cases[i].words, &draft));
        assert_string_equal(draft.path.bytes, cases[i].path);
        assert_string_equal(draft.body.bytes ? draft.body.bytes : "", cases[i].body);
        action_draft_free(&draft);
    }
}

static void wrong_words_are_told(void **state)
{
    static const struct {
        const struct command *command;
        char *words[5];
        const char *why;
    } cases[] = {
        { &command_restocks, { "done" }, "a word is missing: N" },
        { &command_restocks, { "done", "0" }, "\"0\" cannot be here" },
        { &command_restocks, { "done", "3", "4" }, "\"4\" is one too many" },
        { &command_fugitives, { "clear", "a b" }, "for example BBCL23" },
        { &command_dead_letters, { "retry", "0", "-1" }, NULL },
        { &command_alerts, { "ack", "" }, "a text of 1 to 200 bytes" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct action_draft draft = { 0 };

        if (!cases[i].why)
            continue; /* an option's look: refused where options are read */
        assert_false(draft_of(cases[i].command, cases[i].words, &draft));
        assert_non_null(strstr(draft.why.bytes, cases[i].why));
        action_draft_free(&draft);
    }
}

static void a_password_goes_into_the_body_alone(void **state)
{
    char *words[] = { "add", "--role", "operator", "ana", NULL };
    struct action_draft draft = { .secret = "una clave" };

    (void)state;
    assert_true(draft_of(&command_user, words, &draft));
    assert_string_equal(draft.path.bytes, "/api/v1/users");
    assert_string_equal(draft.body.bytes,
                        "{\"name\":\"ana\",\"role\":\"operator\",\"password\":\"una clave\"}");
    action_draft_free(&draft);
}

static size_t holes(const char *path)
{
    size_t count = 0;

    for (; (path = strstr(path, "{}")); path += 2)
        count++;
    return count;
}

static void every_row_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = commands[i];

        assert_true(command->run || command->list || command->action_count > 0);
        assert_non_null(command->help);
        for (size_t j = 0; j < command->action_count; j++) {
            const struct action *action = &command->actions[j];

            if (action->word)
                assert_non_null(action->help);
            if (action->run)
                continue;
            for (size_t hole = 0; hole < holes(action->path); hole++)
                assert_true(action->words[hole] != WORD_NONE &&
                            action->words[hole] != WORD_OPTIONAL);
            if (action->answer == ANSWER_SAID)
                assert_non_null(action->done);
            else if (action->answer != ANSWER_FILE)
                assert_true(action->column_count > 0);
        }
    }
}

static void completion_knows_every_command(void **state)
{
    struct buffer script = { 0 };

    (void)state;
    completion_bash(&script);
    for (size_t i = 0; i < command_count; i++)
        assert_non_null(strstr(script.bytes, commands[i]->name));
    assert_non_null(
        strstr(script.bytes,
               "    member:--status|members:--status) words=\"pending accepted rejected left\""));
    buffer_free(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { .name = "words become a request", .test_func = words_become_a_request },
        { .name = "a wrong word is told before anything is asked",
          .test_func = wrong_words_are_told },
        { .name = "a password goes into the body alone",
          .test_func = a_password_goes_into_the_body_alone },
        { .name = "every row of the table is whole", .test_func = every_row_is_whole },
        { .name = "the completion knows every command",
          .test_func = completion_knows_every_command },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* `carritoctl login`: asks for user and password, keeps address and token in the person's file; and
 * `carritoctl password`, which changes one's own and keeps the session that comes of it. */
#include "common/json_write.h"
#include "ctl/command.h"
#include "ctl/fetch.h"
#include "ctl/prompt.h"
#include "ctl/stop.h"

#include "help_words.h"
#include "text_words.h"
#include "usage_words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_spec options_login[] = {
    { .name = "user", .letter = 'u', .kind = OPTION_TEXT, .help = &help_the_user_else_it_is_asked },
};

/* Name and password, from the terminal or, without one, from --user and standard input. */
static int read_credentials(const struct ctl *ctl, const struct options *options,
                            char user[PROMPT_LINE_SIZE], char password[PROMPT_LINE_SIZE])
{
    const char *named = options_get(options, "user");
    bool on_terminal = isatty(STDIN_FILENO);

    if (!named && !on_terminal) {
        text_error(ctl->language, SAY_TEXT_LOGIN_NEEDS_USER());
        return EXIT_BAD_ARGUMENTS;
    }
    if (named) {
        snprintf(user, PROMPT_LINE_SIZE, "%s", named);
    } else {
        fprintf(stderr, "%s: ", words_in(ctl->language, &text_login_user));
        if (!prompt_line(user))
            return EXIT_FAILED;
    }
    if (prompt_secret(words_in(ctl->language, &text_login_password), password))
        return EXIT_OK;
    text_error(ctl->language, SAY_TEXT_LOGIN_NO_PASSWORD());
    return EXIT_FAILED;
}

struct secret_member {
    const char *name, *value;
};

/* Posts two texts, of which one at least is a password; returns the session that is the answer, or
 * NULL, and told. */
static cJSON *post_for_session(const struct ctl *ctl, struct http_client *client, const char *path,
                               const struct secret_member members[2])
{
    struct http_answer answer = { 0 };
    struct buffer body = { 0 };
    struct json_writer json = json_write_to(&body);
    cJSON *session = NULL;

    json_object_begin(&json, NULL);
    for (size_t i = 0; i < 2; i++)
        json_text(&json, members[i].name, members[i].value);
    json_object_end(&json);
    struct http_request request = { "POST", path, NULL, body.bytes, body.length };

    if (!client || !http_client_send(client, &request, &answer))
        fetch_tell_away(ctl, client);
    else if (answer.status == 401)
        text_error(ctl->language, SAY_TEXT_LOGIN_REFUSED());
    else if (answer.status != 200)
        fetch_tell_refusal(ctl, &answer);
    else
        session =
            cJSON_ParseWithLength(answer.body.bytes ? answer.body.bytes : "", answer.body.length);
    buffer_wipe(&body);
    http_answer_free(&answer);
    return session;
}

/* Asks the collector; returns its answer, or NULL, and told. */
static cJSON *sign_in(const struct ctl *ctl, const char *user, const char *password)
{
    struct http_client *client = http_client_open(ctl->settings.url, NULL, ctl->settings.lang);
    const struct secret_member members[] = { { "user", user }, { "password", password } };
    cJSON *session = post_for_session(ctl, client, "/api/v1/login", members);

    http_client_close(client);
    return session;
}

static const char *member(const cJSON *session, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(session, name);

    return cJSON_IsString(value) ? value->valuestring : NULL;
}

static void tell_session(const struct ctl *ctl, const cJSON *session, const char *user,
                         const char *path)
{
    const char *role = member(session, "role"), *expires = member(session, "expires");
    struct buffer until = { 0 }, role_word = { 0 };

    column_local_time(expires ? expires : "–", &until);
    column_word("role", role ? role : "–", ctl->language, &role_word);
    text_say(ctl->language,
             SAY_TEXT_LOGIN_DONE(user, role_word.bytes, ctl->settings.url, until.bytes, path));
    buffer_free(&until);
    buffer_free(&role_word);
    if (getenv("CARRITO_TOKEN"))
        text_say(ctl->language, SAY_TEXT_LOGIN_TOKEN_SET());
}

static int keep_session(const struct ctl *ctl, const cJSON *session, const char *user)
{
    const char *token = member(session, "token");
    char *path = settings_path();
    int status = EXIT_FAILED;

    if (!token || !token[0] || strpbrk(token, " \r\n\t")) {
        text_error(ctl->language, SAY_TEXT_SERVER_STRANGE(ctl->settings.url, 200L));
    } else if (!path) {
        text_error(ctl->language, SAY_TEXT_FILE_NO_HOME());
    } else if (!settings_save(path, ctl->settings.url, token)) {
        text_error(ctl->language, SAY_TEXT_FILE_NOT_WRITTEN(path, strerror(errno)));
    } else {
        tell_session(ctl, session, user, path);
        status = EXIT_OK;
    }
    free(path);
    return status;
}

static int run_login(const struct ctl *ctl, const struct options *options)
{
    char user[PROMPT_LINE_SIZE], password[PROMPT_LINE_SIZE];
    cJSON *session = NULL;
    int status;

    stop_on_signals();
    status = read_credentials(ctl, options, user, password);
    if (status == EXIT_OK) {
        session = sign_in(ctl, user, password);
        status = session ? keep_session(ctl, session, user) : EXIT_FAILED;
    }
    explicit_bzero(password, sizeof password);
    cJSON_Delete(session);
    return status;
}

const struct command command_login = {
    .name = "login",
    .synopsis = &usage_url_url_user_user,
    .help = &help_signs_in_and_keeps_the_session,
    .options = options_login,
    .option_count = sizeof options_login / sizeof *options_login,
    .run = run_login,
};

/* Asks for one of the two, or says that it did not come. */
static bool ask(const struct ctl *ctl, const struct sentence *question, char line[PROMPT_LINE_SIZE])
{
    if (prompt_secret(words_in(ctl->language, question), line))
        return true;
    text_error(ctl->language, SAY_TEXT_LOGIN_NO_PASSWORD());
    return false;
}

/* The present one and the new one, which is typed twice on a terminal. */
static bool read_change(const struct ctl *ctl, char present[PROMPT_LINE_SIZE],
                        char wanted[PROMPT_LINE_SIZE])
{
    char again[PROMPT_LINE_SIZE];

    if (!ask(ctl, &text_password_present, present) || !ask(ctl, &text_password_new, wanted))
        return false;
    if (!isatty(STDIN_FILENO))
        return true;
    bool same = ask(ctl, &text_password_again, again);
    if (same && strcmp(wanted, again) != 0) {
        text_error(ctl->language, SAY_TEXT_PASSWORDS_DIFFER());
        same = false;
    }
    explicit_bzero(again, sizeof again);
    return same;
}

/* All sessions of the person end with the old password: what was kept of one is another's now. */
static int change(const struct ctl *ctl, const char *present, const char *wanted)
{
    const struct secret_member members[] = { { "password", present }, { "new_password", wanted } };
    struct http_client *client = fetch_open(ctl);
    cJSON *me = client ? fetch_object(ctl, client, "/api/v1/me") : NULL;
    cJSON *session = me ? post_for_session(ctl, client, "/api/v1/me/password", members) : NULL;
    const char *user = member(me, "user");
    int status = session ? keep_session(ctl, session, user ? user : "–") : EXIT_FAILED;

    cJSON_Delete(session);
    cJSON_Delete(me);
    http_client_close(client);
    return status;
}

static int run_password(const struct ctl *ctl, const struct options *options)
{
    char present[PROMPT_LINE_SIZE] = "", wanted[PROMPT_LINE_SIZE] = "";
    int status = EXIT_FAILED;

    (void)options;
    stop_on_signals();
    if (read_change(ctl, present, wanted))
        status = change(ctl, present, wanted);
    explicit_bzero(present, sizeof present);
    explicit_bzero(wanted, sizeof wanted);
    return status;
}

const struct command command_password = {
    .name = "password",
    .help = &help_changes_ones_own_password,
    .run = run_password,
};

/* `carritoctl login`: asks for user and password, keeps address and token in the person's file. */
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

/* Asks the collector; returns its answer, or NULL, and told. */
static cJSON *sign_in(const struct ctl *ctl, const char *user, const char *password)
{
    struct http_client *client = http_client_open(ctl->settings.url, NULL, ctl->settings.lang);
    struct http_answer answer = { 0 };
    struct buffer body = { 0 };
    struct json_writer json = json_write_to(&body);
    cJSON *session = NULL;

    json_object_begin(&json, NULL);
    json_text(&json, "user", user);
    json_text(&json, "password", password);
    json_object_end(&json);
    struct http_request request = { "POST", "/api/v1/login", NULL, body.bytes, body.length };

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

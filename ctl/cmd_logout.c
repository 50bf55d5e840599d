/* `carritoctl logout`: takes back what login kept, and ends the token at the collector. Its name
 * was `forget`, which still does it and says so. */
#include "ctl/command.h"
#include "ctl/http_client.h"

#include "help_words.h"
#include "text_words.h"
#include "usage_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_NO_CONTENT   204
#define STATUS_UNAUTHORIZED 401 /* it had ended before: as good */

/* False where the token goes on being valid, as far as we know. */
static bool end_token(const struct ctl *ctl)
{
    struct http_client *client;
    struct http_answer answer = { 0 };
    struct http_request request = { .method = "POST", .path = "/api/v1/logout" };
    bool ended;

    if (!ctl->settings.token || !ctl->settings.token[0])
        return true;
    client = http_client_open(ctl->settings.url, ctl->settings.token, ctl->settings.lang);
    ended = client && http_client_send(client, &request, &answer) &&
            (answer.status == STATUS_NO_CONTENT || answer.status == STATUS_UNAUTHORIZED);
    http_answer_free(&answer);
    http_client_close(client);
    return ended;
}

static int run_logout(const struct ctl *ctl, const struct options *options)
{
    char *path = settings_path();
    int status = EXIT_OK;

    (void)options;
    if (!end_token(ctl)) {
        text_error(ctl->language, SAY_TEXT_FORGET_NOT_ENDED(ctl->settings.url));
        status = EXIT_FAILED;
    }
    /* The file is cleaned in any case: whoever asks for that is leaving this machine. */
    if (path && !settings_forget(path)) {
        text_error(ctl->language, SAY_TEXT_FILE_NOT_WRITTEN(path, strerror(errno)));
        status = EXIT_FAILED;
    } else if (path) {
        text_say(ctl->language, SAY_TEXT_FORGET_DONE(path));
    }
    if (getenv("CARRITO_TOKEN"))
        text_say(ctl->language, SAY_TEXT_LOGIN_TOKEN_SET());
    free(path);
    return status;
}

static int run_forget(const struct ctl *ctl, const struct options *options)
{
    text_say(ctl->language, SAY_TEXT_FORGET_IS_LOGOUT());
    return run_logout(ctl, options);
}

const struct command command_logout = {
    .name = "logout",
    .help = &help_ends_the_session_and_takes_back,
    .run = run_logout,
};

const struct command command_forget = {
    .name = "forget",
    .help = &help_is_logout_under_its_former_name,
    .run = run_forget,
};

/* `carritoctl replay`: carts send again what they still have since a moment, for a centre that came
 * back from its last backup. What is there already counts once all the same. */
#include "common/day.h"
#include "common/event.h"
#include "common/json_write.h"
#include "ctl/command.h"
#include "ctl/fetch.h"
#include "ctl/list.h"
#include "ctl/request.h"

#include "help_words.h"
#include "text_words.h"
#include "usage_words.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array)    (sizeof(array) / sizeof *(array))
#define CARTS           "/api/v1/carts"
#define STATUS_ACCEPTED 202

static const struct option_spec options_replay[] = {
    { .name = "all", .kind = OPTION_FLAG, .help = &help_all_carts },
    { .name = "since", .kind = OPTION_TIME, .help = &help_since_this_day_or_instant_needed },
};

/* What is asked of each cart. */
struct replay {
    const struct ctl *ctl;
    struct http_client *client;
    struct buffer body;
    size_t told;
};

static bool since_read(const char *text, int64_t *since_ms)
{
    int32_t day;

    if (text == NULL)
        return false;
    if (!day_from_text(text, &day))
        return time_from_text(text, since_ms);
    *since_ms = day_start_ms(day);
    return true;
}

static void write_body(int64_t since_ms, struct buffer *body)
{
    struct json_writer json = json_write_to(body);

    json_object_begin(&json, NULL);
    json_text(&json, "command", "replay");
    json_int(&json, "since_ms", since_ms);
    json_object_end(&json);
}

static bool tell(struct replay *replay, const char *cart)
{
    struct http_answer answer = { 0 };
    struct buffer path = { 0 };
    bool done = false;

    buffer_text(&path, CARTS);
    request_add_segment(&path, cart);
    request_add_segment(&path, "commands");
    const struct http_request request = { .method = "POST",
                                          .path = path.bytes,
                                          .body = replay->body.bytes,
                                          .length = replay->body.length };
    if (!http_client_send(replay->client, &request, &answer))
        fetch_tell_away(replay->ctl, replay->client);
    else if (answer.status != STATUS_ACCEPTED)
        fetch_tell_refusal(replay->ctl, &answer);
    else
        done = printf("%s\n", cart) > 0;
    replay->told += done;
    http_answer_free(&answer);
    buffer_free(&path);
    return done;
}

static bool tell_page(struct replay *replay, const cJSON *page)
{
    const cJSON *item, *items = cJSON_GetObjectItemCaseSensitive(page, "items");

    if (!cJSON_IsArray(items)) {
        text_error(replay->ctl->language, SAY_TEXT_SERVER_STRANGE(replay->ctl->settings.url, 200L));
        return false;
    }
    cJSON_ArrayForEach(item, items)
    {
        const char *cart = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "cart"));
        if (cart != NULL && !tell(replay, cart))
            return false;
    }
    return true;
}

/* Page by page; a page without carts is the last, whatever it says of a next one. */
static bool tell_all(struct replay *replay)
{
    struct buffer path = { 0 };
    char limit[16];
    bool good = true;

    snprintf(limit, sizeof limit, "%d", LIST_PAGE_ROWS_MAX);
    buffer_text(&path, CARTS);
    request_add(&path, "limit", limit);
    while (good && path.length > 0) {
        size_t before = replay->told;
        cJSON *page = fetch_object(replay->ctl, replay->client, path.bytes);
        good = page != NULL && tell_page(replay, page);
        const char *next = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(page, "next"));
        buffer_free(&path);
        if (good && next != NULL && replay->told > before) {
            buffer_text(&path, CARTS);
            request_add(&path, "limit", limit);
            request_add(&path, "cursor", next);
        }
        cJSON_Delete(page);
    }
    buffer_free(&path);
    return good;
}

static int run_replay(const struct ctl *ctl, const struct options *options)
{
    const char *cart = options->word_count > 0 ? options->words[0] : NULL;
    bool all = options_has(options, "all");
    char plate[CART_LENGTH_MAX + 1];
    struct replay replay = { .ctl = ctl };
    int64_t since_ms;

    if (all == (cart != NULL) || !since_read(options_get(options, "since"), &since_ms)) {
        text_error(ctl->language, SAY_TEXT_REPLAY_WANTS());
        return EXIT_BAD_ARGUMENTS;
    }
    if (cart != NULL && !cart_from_person(cart, plate)) {
        text_error(ctl->language,
                   SAY_TEXT_WORD_BAD(cart, words_in(ctl->language, &text_wants_cart)));
        return EXIT_BAD_ARGUMENTS;
    }
    replay.client = fetch_open(ctl);
    if (replay.client == NULL)
        return EXIT_FAILED;
    write_body(since_ms, &replay.body);
    bool good = cart != NULL ? tell(&replay, plate) : tell_all(&replay);
    if (good)
        text_say(ctl->language, SAY_TEXT_REPLAY_ASKED((int64_t)replay.told));
    buffer_free(&replay.body);
    http_client_close(replay.client);
    return good && fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}

const struct command command_replay = {
    .name = "replay",
    .synopsis = &usage_plate_all_since_time,
    .help = &help_have_carts_send_again_what_they,
    .options = options_replay,
    .option_count = COUNT(options_replay),
    .words_max = 1,
    .run = run_replay,
};

/* What was done, what was not, and why. */
#include "till/sentence.h"

#include "common/order_state.h"

#include "voice_words.h"
#include "why_words.h"

#include <stdio.h>
#include <string.h>

/* What is said of each request: done, with how many are left where they were counted and without
 * where they never were; and not done. */
static const struct {
    const struct sentence *counted, *uncounted, *not_done;
} acts[] = {
    [TILL_SELL] = { &voice_sold, NULL, &voice_not_sold },
    [TILL_VOID] = { &voice_voided, &voice_voided, &voice_not_voided },
    [TILL_RESTOCK] = { &screen_left, &voice_noted, &voice_not_noted },
    [TILL_TODAY] = { &screen_left, &voice_not_counted, &voice_not_seen },
    [TILL_CLOSE] = { &voice_closed, &voice_closed, &voice_not_closed },
    [TILL_ORDERS] = { &voice_no_orders, &voice_no_orders, &voice_not_seen },
    [TILL_STEP] = { &voice_moved, &voice_moved, &voice_not_moved },
};

/* Only by our own words: the agent's text is not for every ear. */
static const struct sentence *why_not(const struct till *till)
{
    return till->said != NULL ? sentence_find(why_sentences, till->said->name) : NULL;
}

static void put_failure(const struct till *till, char text[SENTENCE_SIZE])
{
    bool is_unsure = till->said == &answer_disk_broken || till->said == &brief_no_answer;
    const struct sentence *what = is_unsure ? &voice_unsure : acts[till->request.act].not_done;
    const struct sentence *because = why_not(till);

    snprintf(text, SENTENCE_SIZE, "%s%s%s", what->text[till->lang], because != NULL ? ": " : "",
             because != NULL ? because->text[till->lang] : "");
}

/* "1 preparando. 2 entregando": states of our own table, so that nothing else can be heard. */
static void put_orders(const struct till *till, char text[SENTENCE_SIZE])
{
    size_t length = 0;

    for (size_t i = 0; i < till->order_count && length < SENTENCE_SIZE; i++) {
        enum order_state state = order_state_from_name(till->orders[i].status);
        const char *name =
            state == ORDER_STATES ? voice_offered.text[till->lang] : order_state_names[state];
        length += (size_t)snprintf(text + length, SENTENCE_SIZE - length, "%s%zu %s",
                                   i > 0 ? ". " : "", i + 1, name);
    }
}

static void put_done(const struct till *till, char text[SENTENCE_SIZE])
{
    enum till_act act = till->request.act;
    struct saying saying = { .sentence = till->stock >= 0 ? acts[act].counted : acts[act].uncounted,
                             .words = { said_number(till->stock) } };

    if (act == TILL_ORDERS && till->shows_orders)
        return put_orders(till, text);
    if (saying.sentence == NULL) {
        snprintf(text, SENTENCE_SIZE, "%lld", (long long)till->quantity);
        return;
    }
    if (act == TILL_SELL)
        saying = SAY_VOICE_SOLD(till->quantity, till->stock);
    say_text(&saying, till->lang, text, SENTENCE_SIZE);
}

void sentence_of_till(const struct till *till, char text[SENTENCE_SIZE])
{
    if (till->said == &brief_no_answer || (till->answered && till->wrong))
        put_failure(till, text);
    else if (till->answered)
        put_done(till, text);
    else /* a word of the till's own, which says nothing of the sales but their pieces */
        snprintf(text, SENTENCE_SIZE, "%s", till->text);
}

bool sentence_link_turn(struct sentence_link *link, const struct sentence *seen, int64_t mono_ms)
{
    if (!link->known)
        *link = (struct sentence_link){ true, &screen_online, &screen_online, mono_ms };
    if (seen == &screen_connecting)
        seen = link->seen; /* how it ends is the news */
    if (seen != link->seen) {
        link->seen = seen;
        link->since_ms = mono_ms;
    }
    if (seen == &screen_online && link->told == &screen_may_unplug)
        link->told = seen; /* the day goes on, by what was just told */
    if (seen == link->told ||
        (seen != &screen_may_unplug && mono_ms - link->since_ms < SENTENCE_LINK_MS))
        return false;
    link->told = seen;
    return true;
}

/* What was done, what was not, and why. */
#include "till/sentence.h"

#include "agent/till_orders.h"

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
    [TILL_STEP] = { &voice_order_back, &voice_order_back, &voice_not_moved },
    [TILL_LISTEN] = { &screen_orders_on, &screen_orders_on, &voice_not_seen },
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

/* "a 350 metros al noreste"; empty where nobody knows. */
static void write_where(const struct till_order *order, enum lang lang, char *text, size_t size)
{
    const char *direction = till_direction(order, lang);
    struct saying saying = SAY_VOICE_METRES((order->distance_m + 5) / 10 * 10, direction);
    int64_t tenths_km = (order->distance_m + 50) / 100;

    if (order->distance_m >= 1000)
        saying = SAY_VOICE_KILOMETRES((double)tenths_km / 10, direction);
    text[0] = '\0';
    if (order->pickup)
        snprintf(text, size, "%s", screen_pickup.text[lang]);
    else if (order->distance_m >= 0)
        say_text(&saying, lang, text, size);
}

/* "1 preparando, a 350 metros al noreste. 2 entregando": words of our own table, so that nothing
 * else can be heard. */
static void put_orders(const struct till *till, char text[SENTENCE_SIZE])
{
    size_t length = 0;

    for (size_t i = 0; i < till->order_count && length < SENTENCE_SIZE; i++) {
        const struct till_order *order = &till->orders[i];
        char where[SENTENCE_SIZE];
        bool waits = strcmp(order->status, ORDER_OFFERED) == 0;
        write_where(order, till->lang, where, sizeof where);
        length += (size_t)snprintf(text + length, SENTENCE_SIZE - length, "%s%lld %s%s%s",
                                   i > 0 ? ". " : "", (long long)order->number,
                                   waits ? voice_offered.text[till->lang] : order->status,
                                   where[0] != '\0' ? ", " : "", where);
    }
}

static struct saying step_done(const struct till *till)
{
    const char *status = till->request.status;
    int64_t number = till->request.number;

    if (strcmp(status, "preparando") == 0)
        return SAY_VOICE_ORDER_TAKEN(number);
    if (strcmp(status, "entregando") == 0)
        return SAY_VOICE_ORDER_ON_WAY(number);
    return strcmp(status, "finalizado") == 0 ? SAY_VOICE_ORDER_DONE(number)
                                             : SAY_VOICE_ORDER_BACK(number);
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
    else if (act == TILL_STEP)
        saying = step_done(till);
    else if (act == TILL_LISTEN && till->listening == LISTENING_PAUSED)
        saying = SAY_VOICE_PAUSED();
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

void sentence_of_call(const struct till *till, char text[SENTENCE_SIZE])
{
    const struct till_order *offer = till_offer(till);
    struct saying saying = { .sentence = till->news, .words = { said_number(till->news_number) } };
    char where[SENTENCE_SIZE];

    text[0] = '\0';
    if (till->has_news)
        say_text(&saying, till->lang, text, SENTENCE_SIZE);
    if (till->has_news || offer == NULL)
        return;
    write_where(offer, till->lang, where, sizeof where);
    saying = SAY_VOICE_OFFER(offer->quantity, where, till_offer_s(till, offer));
    say_text(&saying, till->lang, text, SENTENCE_SIZE);
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

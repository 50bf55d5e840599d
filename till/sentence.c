/* Tables of sentences: what was done, what was not, and why. */
#include "till/sentence.h"
#include "agent/net_words.h"

#include "common/order_state.h"

#include <stdio.h>
#include <string.h>

struct said {
    const char *es, *en;
};

static const struct said table[SENTENCES] = {
    [SENTENCE_READY] = { "teclado listo", "keypad ready" },
    [SENTENCE_GONE] = { "teclado desconectado", "keypad unplugged" },
    [SENTENCE_WAIT] = { "espere, el agente no contesta", "wait, the agent does not answer" },
};

/* The agent did it: with a number, and without one (a cart that was never counted). */
static const struct {
    struct said counted, uncounted;
} done[] = {
    [TILL_SELL] = { { "%lld, quedan %lld", "%lld, %lld left" }, { "%lld", "%lld" } },
    [TILL_VOID] = { { "anulada", "voided" }, { "anulada", "voided" } },
    [TILL_RESTOCK] = { { "quedan %lld", "%lld left" }, { "anotado", "noted" } },
    [TILL_TODAY] = { { "quedan %lld", "%lld left" }, { "sin contar", "not counted" } },
    [TILL_CLOSE] = { { "día cerrado", "the day is closed" },
                     { "día cerrado", "the day is closed" } },
    [TILL_ORDERS] = { { "no hay pedidos", "no orders" }, { "no hay pedidos", "no orders" } },
    [TILL_STEP] = { { "pedido avanzado", "order moved on" },
                    { "pedido avanzado", "order moved on" } },
};

static const struct said not_done[] = {
    [TILL_SELL] = { "no se vendió", "not sold" },
    [TILL_VOID] = { "no se anuló", "not voided" },
    [TILL_RESTOCK] = { "no se anotó", "not noted" },
    [TILL_TODAY] = { "no se pudo ver", "it cannot be seen" },
    [TILL_CLOSE] = { "el día no se cerró", "the day was not closed" },
    [TILL_ORDERS] = { "no se pudo ver", "it cannot be seen" },
    [TILL_STEP] = { "el pedido no avanzó", "the order was not moved on" },
};

static const struct said unsure = { "no se sabe si se hizo", "nobody knows whether it was done" };

/* Why, for the ear. What has a reason (agent/words.h) and is not here has none. */
static const struct {
    enum word word;
    struct said why;
} whys[] = {
    { WORD_QUANTITY, { "es demasiado", "that is too much" } },
    { WORD_NO_RECEIPT, { "no hay esa venta", "there is no such receipt" } },
    { WORD_DISK_FULL, { "la tarjeta está llena", "the card is full" } },
    { WORD_DISK_BROKEN, { "falla la tarjeta", "the card fails" } },
    { WORD_READ_ONLY, { "la tarjeta no se puede escribir", "the card cannot be written" } },
    { WORD_OTHER_RELEASE, { "falta instalar la versión nueva", "a newer release is needed" } },
    { WORD_TOO_LATE, { "el agente llegó tarde, repita", "the agent was late, repeat it" } },
    { WORD_NO_PLATE, { "falta la patente", "the plate is missing" } },
    { WORD_NO_ANSWER, { "el agente no contestó", "the agent did not answer" } },
};

static const char *in(const char *lang, struct said said)
{
    return strcmp(lang, "en") == 0 ? said.en : said.es;
}

const char *sentence_get(const char *lang, enum sentence sentence)
{
    return in(lang, table[sentence]);
}

static void put_failure(const struct till *till, char text[SENTENCE_SIZE])
{
    bool is_unsure = till->word == WORD_DISK_BROKEN || till->word == WORD_NO_ANSWER;
    const char *what = in(till->lang, is_unsure ? unsure : not_done[till->request.act]);

    snprintf(text, SENTENCE_SIZE, "%s", what);
    for (size_t i = 0; i < sizeof whys / sizeof *whys; i++)
        if (whys[i].word == till->word)
            snprintf(text, SENTENCE_SIZE, "%s: %s", what, in(till->lang, whys[i].why));
}

/* "1 preparando. 2 entregando": states of our own table, so that nothing else can be heard. */
static void put_orders(const struct till *till, char text[SENTENCE_SIZE])
{
    size_t length = 0;

    for (size_t i = 0; i < till->order_count && length < SENTENCE_SIZE; i++) {
        enum order_state state = order_state_from_name(till->orders[i].status);
        const struct said offered = { "ofrecido", "offered" };
        const char *name =
            state == ORDER_STATES ? in(till->lang, offered) : order_state_names[state];
        length += (size_t)snprintf(text + length, SENTENCE_SIZE - length, "%s%zu %s",
                                   i > 0 ? ". " : "", i + 1, name);
    }
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void put_done(const struct till *till, char text[SENTENCE_SIZE])
{
    enum till_act act = till->request.act;
    bool counted = till->stock >= 0;
    const char *format = in(till->lang, counted ? done[act].counted : done[act].uncounted);

    if (act == TILL_ORDERS && till->shows_orders)
        put_orders(till, text);
    else if (act == TILL_SELL)
        snprintf(text, SENTENCE_SIZE, format, (long long)till->quantity, (long long)till->stock);
    else
        snprintf(text, SENTENCE_SIZE, format, (long long)till->stock);
}
#pragma GCC diagnostic pop

void sentence_of_till(const struct till *till, char text[SENTENCE_SIZE])
{
    if (till->word == WORD_NO_ANSWER || (till->answered && till->wrong))
        put_failure(till, text);
    else if (till->answered)
        put_done(till, text);
    else /* a word of the till's own, which says nothing of the sales but their pieces */
        snprintf(text, SENTENCE_SIZE, "%s", till->text);
}

const char *sentence_of_link(const char *lang, enum word word)
{
    return words_get(lang, net_word_long(word));
}

bool sentence_link_turn(struct sentence_link *link, enum word seen, int64_t mono_ms)
{
    if (!link->known)
        *link = (struct sentence_link){ true, WORD_TILL_ONLINE, WORD_TILL_ONLINE, mono_ms };
    if (seen == WORD_TILL_CONNECTING)
        seen = link->seen; /* how it ends is the news */
    if (seen != link->seen) {
        link->seen = seen;
        link->since_ms = mono_ms;
    }
    if (seen == WORD_TILL_ONLINE && link->told == WORD_TILL_MAY_UNPLUG)
        link->told = seen; /* the day goes on, by what was just told */
    if (seen == link->told ||
        (seen != WORD_TILL_MAY_UNPLUG && mono_ms - link->since_ms < SENTENCE_LINK_MS))
        return false;
    link->told = seen;
    return true;
}

/* Lines of a keypad. */
#include "agent/till.h"
#include "agent/net_words.h"
#include "agent/order_steps.h"
#include "agent/till_orders.h"
#include "agent/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void till_init(struct till *till, enum lang lang, int64_t ask)
{
    *till = (struct till){ .lang = lang, .ask = ask, .stock = -1, .listening = LISTENING_STATES };
}

static void show(struct till *till, struct saying saying)
{
    say_text(&saying, till->lang, till->text, sizeof till->text);
    till->said = saying.sentence;
    till->brief = NULL;
}

void till_tell(struct till *till, struct saying saying)
{
    show(till, saying);
    till->answered = false;
}

/* Something was not done; `why` takes no arguments. */
static bool refuse(struct till *till, const struct sentence *why)
{
    till_tell(till, (struct saying){ .sentence = why });
    till->wrong = till->bell = true;
    return false;
}

static bool ask(struct till *till, struct saying question)
{
    till_tell(till, question);
    till->asking = till->bell = true;
    till->confirmed = false;
    return false;
}

static void clear_line(struct till *till)
{
    till->length = 0;
    till->line[0] = '\0';
    till->spoiled = NULL;
}

static void drop_question(struct till *till)
{
    till->asking = till->confirmed = false;
}

static bool send(struct till *till, struct till_request *request)
{
    drop_question(till);
    *request = till->request;
    till->busy = true;
    till->shows_orders_again = till->shows_orders && request->act == TILL_ORDERS;
    till->wrong = till->shows_orders = false;
    till_tell(till, SAY_SCREEN_BUSY());
    return true;
}

/* Digits only; false where there is none, another character, or too many. */
static bool read_number(const char *text, int64_t *number)
{
    size_t length = strlen(text);

    if (length == 0 || length > TILL_NUMBER_MAX || strspn(text, "0123456789") != length)
        return false;
    *number = strtoll(text, NULL, 10);
    return true;
}

static bool propose_void(struct till *till, const char *text)
{
    till->request = (struct till_request){ .act = TILL_VOID, .number = till->receipt };
    if (text[0] == '\0')
        return (till->receipt > 0 && !till->voided) || refuse(till, &screen_no_receipt);
    return read_number(text, &till->request.number) || refuse(till, &screen_wrong);
}

static void propose_status(struct till *till, const struct till_order *order, const char *status)
{
    till->request =
        (struct till_request){ .act = TILL_STEP, .number = order->number, .status = status };
    memcpy(till->request.order, order->id, sizeof till->request.order);
}

/* "" or "-", after the slash: the offer that rang when the line was begun, or all orders. */
static bool propose_answer(struct till *till, const char *text)
{
    const struct till_order *offer = till_offer(till);
    bool is_aimed = offer != NULL && strcmp(offer->id, till->aimed) == 0;

    if (is_aimed)
        propose_status(till, offer,
                       text[0] == '-' ? ORDER_REFUSED : order_next_step(ORDER_OFFERED));
    return is_aimed || text[0] == '\0' || refuse(till, &screen_no_order);
}

/* No more offers, and offers again. */
static bool propose_listen(struct till *till)
{
    bool rests = till->listening == LISTENING_PAUSED || till->listening == LISTENING_MISSED;

    till->request =
        (struct till_request){ .act = TILL_LISTEN, .status = rests ? "resume" : "pause" };
    return true;
}

/* What stands after the slash. */
static bool propose_step(struct till *till, const char *text)
{
    if (text[0] == '\0' || strcmp(text, "-") == 0)
        return propose_answer(till, text);
    if (strcmp(text, "/") == 0)
        return propose_listen(till);
    bool goes_back = strcmp(text + 1, "-") == 0;
    if (!goes_back && text[1] != '\0')
        return refuse(till, &screen_wrong);
    const struct till_order *order = till_order_of(till, text[0] - '0');
    if (order == NULL)
        return refuse(till, &screen_no_order);
    propose_status(till, order, goes_back ? ORDER_REFUSED : order_next_step(order->status));
    return true;
}

/* What the line asks for; false where it asks for nothing that can be, which is said. */
static bool propose(struct till *till, const char *line)
{
    till->request = (struct till_request){ .act = TILL_SELL };
    switch (line[0]) {
    case '-':
        return propose_void(till, line + 1);
    case '/':
        till->request.act = TILL_ORDERS;
        return propose_step(till, line + 1);
    case '*':
        till->request.act = line[1] == '*' ? TILL_CLOSE : TILL_TODAY;
        return line[1] == '\0' || strcmp(line, "**") == 0 || refuse(till, &screen_wrong);
    case '+':
        till->request.act = TILL_RESTOCK;
        return read_number(line + 1, &till->request.number) || refuse(till, &screen_wrong);
    default:
        return (read_number(line, &till->request.number) && till->request.number > 0) ||
               refuse(till, &screen_wrong);
    }
}

/* What an order's step wants a second Enter for; true where it does. */
static bool ask_for_step(struct till *till)
{
    const struct till_order *order = till_order_of(till, till->request.number);

    if (till->request.act != TILL_STEP || order == NULL)
        return false;
    bool is_offer = strcmp(order->status, ORDER_OFFERED) == 0;
    bool goes_back = strcmp(till->request.status, ORDER_REFUSED) == 0;
    bool is_short = till->stock >= 0 && order->quantity > till->stock && !goes_back;
    if (goes_back && !is_offer)
        ask(till, SAY_SCREEN_ASK_BACK(order->number));
    else if (is_short)
        ask(till, SAY_SCREEN_ASK_STOCK(till->stock));
    return (goes_back && !is_offer) || is_short;
}

/* The line has ended. */
static bool enter(struct till *till, struct till_request *request)
{
    char line[TILL_LINE_MAX + 1];
    const struct sentence *spoiled = till->spoiled;
    bool dropped = till->length > 0 && till->line[till->length - 1] == '.';

    memcpy(line, till->line, sizeof line);
    clear_line(till);
    drop_question(till);
    if (spoiled != NULL)
        return refuse(till, spoiled);
    if (dropped)
        return refuse(till, &screen_dropped);
    if (line[0] == '\0' || !propose(till, line))
        return false;
    till->wrong = false;
    if (till->request.act == TILL_CLOSE)
        return ask(till, SAY_SCREEN_ASK_CLOSE());
    if (till->request.act == TILL_SELL && till->request.number > till->ask)
        return ask(till, SAY_SCREEN_ASK(till->request.number));
    if (till->request.act == TILL_SELL && till->stock >= 0 && till->request.number > till->stock)
        return ask(till, SAY_SCREEN_ASK_STOCK(till->stock));
    if (ask_for_step(till))
        return false;
    return send(till, request);
}

/* Which offer a line that begins now may be the answer to. */
static void aim(struct till *till)
{
    const struct till_order *offer = till_offer(till);

    snprintf(till->aimed, sizeof till->aimed, "%s", offer != NULL ? offer->id : "");
}

static void type(struct till *till, char key)
{
    drop_question(till);
    if (till->length == TILL_LINE_MAX)
        till->spoiled = &screen_long;
    if (till->spoiled != NULL)
        return;
    if (till->length == 0)
        aim(till);
    till->line[till->length++] = key;
    till->line[till->length] = '\0';
}

/* Enter answers a question only while nothing was typed after it. */
static bool enter_key(struct till *till, struct till_request *request)
{
    if (till->busy) {
        till->bell = true;
        return false;
    }
    if (till->asking && till->length == 0 && till->spoiled == NULL) {
        till->confirmed = true; /* till_tick sends it, once it is quiet */
        return false;
    }
    return enter(till, request);
}

/* The same key again, so soon that no finger did it: true. */
static bool is_echo(struct till *till, char key, int64_t mono_ms)
{
    int64_t since_ms = mono_ms - till->key_ms;
    bool again = key == till->key && since_ms < TILL_HELD_MS;

    till->repeats = again ? till->repeats + 1 : 0;
    till->key = key;
    till->key_ms = mono_ms;
    if (!again || (till->repeats == 1 && since_ms < TILL_BOUNCE_MS))
        return again;
    if (key == '\n' && till->confirmed) {
        drop_question(till);
        refuse(till, &screen_held);
    }
    if (key != '\n' && till->repeats > 1)
        till->spoiled = &screen_held;
    return key == '\n' || till->repeats > 1;
}

bool till_key(struct till *till, char key, int64_t mono_ms, struct till_request *request)
{
    if (key == '\0' || strchr("0123456789.+-*/\n\b", key) == NULL)
        return false;
    till->now_ms = mono_ms;
    till_orders_key(till);
    if (is_echo(till, key, mono_ms))
        return false;
    if (key == '\n')
        return enter_key(till, request);
    if (key != '\b')
        type(till, key);
    else if (till->length > 0)
        till->line[--till->length] = '\0';
    return false;
}

bool till_line(struct till *till, const char *bytes, size_t length, struct till_request *request)
{
    if (length == 0 && till->asking)
        return send(till, request);
    for (size_t i = 0; i < length; i++) {
        type(till, bytes[i]);
        if (bytes[i] == '\0' || strchr("0123456789.+-*/", bytes[i]) == NULL)
            till->spoiled = &screen_wrong;
    }
    return enter(till, request);
}

bool till_tick(struct till *till, int64_t mono_ms, struct till_request *request)
{
    till->now_ms = mono_ms;
    till_orders_tick(till);
    if (!till->confirmed || till->busy || mono_ms - till->key_ms < TILL_QUIET_MS)
        return false;
    return send(till, request);
}

void till_held(struct till *till, char key)
{
    if (key != '\n' && key != '\b')
        till->spoiled = &screen_held;
    if (till->confirmed) {
        drop_question(till);
        refuse(till, &screen_held);
    }
}

void till_lost(struct till *till)
{
    drop_question(till);
    till->spoiled = &screen_lost; /* with nothing typed, too: it may have been the first digit */
}

static void take_sale(struct till *till, int64_t quantity, const cJSON *answer)
{
    till->receipt = words_number(answer, "receipt", 0);
    till->seq = words_number(answer, "seq", 0);
    till->quantity = quantity;
    till->voided = false;
}

/* All of them, and at each further slash one more of them alone; the only one alone at once. */
static void take_orders(struct till *till, const cJSON *answer)
{
    bool goes_on = till->shows_orders_again;

    till_orders_take(till, answer);
    till->order_page = goes_on ? till->order_page + 1 : till->order_count == 1;
    if (till->order_page > till->order_count)
        till->order_page = till->order_count == 1;
    till->shows_orders = till->order_count > 0;
    if (till->shows_orders)
        till->text[0] = '\0';
    else
        show(till, SAY_SCREEN_NO_ORDERS());
}

static void take_step(struct till *till, const struct till_request *request, const cJSON *answer)
{
    int64_t receipt = words_number(answer, "receipt", 0);

    till_order_moved(till, request->order, request->status);
    if (receipt > 0) {
        take_sale(till, words_number(answer, "quantity", 0), answer);
        show(till, SAY_SCREEN_ORDER_DONE(request->number, receipt));
    } else if (strcmp(request->status, "preparando") == 0) {
        show(till, SAY_SCREEN_ORDER_TAKEN(request->number, request->number));
    } else if (strcmp(request->status, "entregando") == 0) {
        show(till, SAY_SCREEN_ORDER_ON_WAY(request->number, request->number));
    } else {
        show(till, SAY_SCREEN_ORDER_BACK(request->number));
    }
}

static void take_listen(struct till *till, const struct till_request *request)
{
    bool rests = strcmp(request->status, "pause") == 0;

    till->listening = rests ? LISTENING_PAUSED : LISTENING;
    show(till, rests ? SAY_SCREEN_ORDERS_PAUSED() : SAY_SCREEN_ORDERS_ON());
}

static void take_today(struct till *till, const cJSON *answer)
{
    show(till,
         SAY_SCREEN_TODAY(words_number(answer, "sales", 0), words_number(answer, "quantity", 0),
                          words_number(answer, "amount", 0), words_number(answer, "voided", 0)));
}

static void take_close(struct till *till, const cJSON *answer)
{
    till->day = TILL_DAY_CLOSING; /* its next status says more */
    show(till,
         SAY_SCREEN_CLOSED(words_number(answer, "sales", 0), words_number(answer, "amount", 0),
                           words_number(answer, "quantity", 0)));
}

/* What is refused is told by what the keys can do about it: where they were wrong that is all, else
 * where there is no room for more. */
static void take_text(struct till *till, const cJSON *answer)
{
    struct buffer text = { 0 };

    till->said = words_read(answer, till->lang, &text);
    snprintf(till->text, sizeof till->text, "%s", text.bytes);
    buffer_free(&text);
    till->brief =
        till->wrong && till->said != NULL ? sentence_find(brief_sentences, till->said->name) : NULL;
    if (till->brief != NULL && cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(answer, "input")))
        snprintf(till->text, sizeof till->text, "%s", till->brief->text[till->lang]);
}

void till_answer(struct till *till, const struct till_request *request, const cJSON *answer)
{
    bool ok = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(answer, "ok"));

    till->busy = false;
    till->request = *request;
    if (answer == NULL) {
        refuse(till, &brief_no_answer);
        return;
    }
    till->answered = till->bell = true;
    till->wrong = !ok;
    take_text(till, answer);
    if (!ok)
        return;
    till->stock = words_number(answer, "stock", till->stock);
    if (request->act == TILL_SELL || request->act == TILL_RESTOCK)
        till->day = TILL_DAY_OPEN;
    if (request->act == TILL_SELL)
        take_sale(till, request->number, answer);
    else if (request->act == TILL_VOID && request->number == till->receipt)
        till->voided = true;
    else if (request->act == TILL_ORDERS)
        take_orders(till, answer);
    else if (request->act == TILL_TODAY)
        take_today(till, answer);
    else if (request->act == TILL_CLOSE)
        take_close(till, answer);
    else if (request->act == TILL_STEP)
        take_step(till, request, answer);
    else if (request->act == TILL_LISTEN)
        take_listen(till, request);
}

void till_unreached(struct till *till)
{
    till->busy = false;
    refuse(till, &screen_no_agent_done);
}

static int64_t former_waiting(const cJSON *answer)
{
    int64_t waiting = 0;
    const cJSON *row;

    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(answer, "former"))
    {
        if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row, "sends")))
            waiting += words_number(row, "waiting", 0);
    }
    return waiting;
}

void till_status(struct till *till, const cJSON *answer)
{
    int64_t last = words_number(answer, "last_receipt", 0);

    till->heard = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(answer, "ok"));
    if (!till->heard)
        return;
    till->network =
        net_cause_from_names(words_text(answer, "network"), words_text(answer, "network_why"));
    till->day = strcmp(words_text(answer, "day"), "closed") == 0    ? TILL_DAY_CLOSED
                : strcmp(words_text(answer, "day"), "closing") == 0 ? TILL_DAY_CLOSING
                                                                    : TILL_DAY_OPEN;
    till->stock = words_number(answer, "stock", -1);
    till->acked = words_number(answer, "acked", 0);
    till->waiting = words_number(answer, "waiting", 0);
    till->former = former_waiting(answer);
    till_orders_take(till, answer);
    till_orders_hear(till, answer);
    if (last == till->receipt)
        return;
    till->receipt = last; /* made by another command, or before this till was opened */
    till->quantity = till->seq = 0;
    till->voided = false;
}

const struct sentence *till_link_word(const struct till *till)
{
    if (till->heard && till->day == TILL_DAY_CLOSED)
        return &screen_may_unplug;
    if (till->heard && till->day == TILL_DAY_CLOSING && till->network == NET_ONLINE)
        return &screen_closing;
    return net_word(till->heard ? till->network : NET_CAUSES);
}

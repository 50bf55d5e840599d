/* Two layouts, one for much room and one for little. */
#include "agent/till_screen.h"
#include "agent/net_words.h"
#include "agent/till_orders.h"
#include "agent/words.h"

#include <stdio.h>
#include <string.h>

#define BIG_ROWS    5
#define BIG_COLUMNS 40 /* and 16 rows: the large layout */
#define HELP_ROWS   3
#define TICK        "\u221a" /* in the character sets of consoles and of small displays */

/* Three dots wide; each is drawn as two characters, which is about square. */
static const char *const figures[BIG_ROWS] = {
    "###  #  ### ### # # ### ### ### ### ###                   #",
    "# # ##    #   # # # #   #     # # # # #      #      # #   #",
    "# #  #  ### ### ### ### ###   # ### ###     ### ###  #   # ",
    "# #  #  #     #   #   # # #   # # #   #      #      # # #  ",
    "### ### ### ###   # ### ###   # ### ###  #              #  ",
};
static const char figure_keys[] = "0123456789.+-*/";
static const struct sentence *const help[HELP_ROWS] = { &screen_help_keys, &screen_help_more_keys,
                                                        &screen_help_close };

struct page {
    struct buffer *out;
    int columns, rows; /* rows: still to come */
};

/* Of a sentence without arguments. */
static const char *word(const struct till *till, const struct sentence *which)
{
    return which->text[till->lang];
}

/* The bytes of the first `characters` characters, or of all of them. */
static size_t prefix(const char *text, int characters)
{
    size_t length = 0;

    while (text[length] != '\0') {
        if (((unsigned char)text[length] & 0xc0) != 0x80 && characters-- == 0)
            break;
        length++;
    }
    return length;
}

static int width(const char *text)
{
    int count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static void put_row(struct page *page, const char *text)
{
    if (page->rows-- <= 0)
        return;
    buffer_append(page->out, text, prefix(text, page->columns));
    buffer_append(page->out, "\n", 1);
}

/* One at each edge; where both have no room, the left one is cut. */
static void put_both(struct page *page, const char *left, const char *right)
{
    int room = page->columns - width(right) - 1;

    if (right[0] == '\0')
        return put_row(page, left);
    if (page->rows-- <= 0)
        return;
    buffer_append(page->out, left, prefix(left, room));
    for (int i = width(left); i <= room; i++)
        buffer_append(page->out, " ", 1);
    if (width(left) > room)
        buffer_append(page->out, " ", 1);
    buffer_text(page->out, right);
    buffer_append(page->out, "\n", 1);
}

/* At most `rows` rows, broken at blanks where it can be. */
static void put_text(struct page *page, const char *text, int rows)
{
    char row[TILL_TEXT_SIZE];

    for (; rows > 0; rows--) {
        size_t length = prefix(text, page->columns), end = length;
        while (text[length] != '\0' && end > 0 && text[end] != ' ')
            end--;
        if (text[length] != '\0' && end > 0)
            length = end;
        snprintf(row, sizeof row, "%.*s", (int)length, text);
        put_row(page, row);
        text += length;
        text += strspn(text, " ");
    }
}

static void put_figures(struct page *page, const char *text)
{
    for (int row = 0; row < BIG_ROWS; row++) {
        char line[TILL_LINE_MAX * 8 + 8] = "  ";
        size_t length = 2;
        for (const char *c = text; *c != '\0'; c++) {
            const char *dots = &figures[row][4 * (strchr(figure_keys, *c) - figure_keys)];
            for (int i = 0; i < 3; i++, length += 2)
                memset(line + length, dots[i], 2);
            memset(line + length, ' ', 2);
            length += 2;
        }
        while (length > 0 && line[length - 1] == ' ')
            length--;
        line[length] = '\0';
        put_row(page, line);
    }
}

static const char *told(const struct till *till, struct saying saying, char text[TILL_TEXT_SIZE])
{
    say_text(&saying, till->lang, text, TILL_TEXT_SIZE);
    return text;
}

static const char *link_short(const struct till *till)
{
    const struct sentence *which = till_link_word(till);

    return word(till, which == &screen_may_unplug ? &screen_over : which);
}

/* Where there is room, what may be done about it, too. */
static const char *link_long(const struct till *till)
{
    return word(till, net_word_long(till_link_word(till)));
}

/* Where nothing else is to be said. */
static const char *text_of(const struct till *till, char *text)
{
    const struct sentence *listening = till_listening_word(till);

    if (till->text[0] != '\0' || (till->former == 0 && listening == NULL))
        return till->text;
    return till->former > 0 ? told(till, SAY_SCREEN_FORMER(till->former), text)
                            : word(till, listening);
}

/* A small screen has room for two rows, and for the link's long word only here. */
static const char *small_text_of(const struct till *till, char *text)
{
    const struct sentence *which = till_link_word(till);
    const char *other = text_of(till, text);

    if (till->brief != NULL)
        return word(till, till->brief);
    return other[0] == '\0' && net_word_long(which) != which ? link_long(till) : other;
}

static const char *left_over(const struct till *till, char *text)
{
    return till->stock < 0 ? "" : told(till, SAY_SCREEN_LEFT(till->stock), text);
}

/* The centre has the last receipt: a tick. */
static const char *tick(const struct till *till)
{
    bool has = till->seq > 0 ? till->acked >= till->seq : till->heard && till->waiting == 0;

    return has ? TICK : " ";
}

/* `number`: the receipt's, in words or bare. */
static void last_receipt(const struct till *till, const char *number, char *text)
{
    char pieces[32] = "";

    text[0] = '\0';
    if (till->receipt == 0)
        return;
    if (till->quantity > 0)
        snprintf(pieces, sizeof pieces, " x%lld", (long long)till->quantity);
    snprintf(text, TILL_TEXT_SIZE, "%s%.100s%s%s%.40s", tick(till), number, pieces,
             till->voided ? " " : "", till->voided ? word(till, &screen_voided) : "");
}

#define GOODS_SIZE (sizeof((struct till_order *)NULL)->product + 48)
#define ROW_SIZE   (2 * sizeof((struct till_order *)NULL)->place + TILL_ID_SIZE + GOODS_SIZE)

static bool is_offer(const struct till *till, const struct till_order *order)
{
    return till_offer_s(till, order) > 0;
}

/* All of an order in one row; the end of it is cut where there is no room. */
static void write_order(const struct till *till, const struct till_order *order, char *row)
{
    char where[TILL_TEXT_SIZE], state[2 * TILL_TEXT_SIZE], seconds[TILL_TEXT_SIZE];
    bool rings = is_offer(till, order);

    till_where(order, till->lang, where, sizeof where);
    told(till, SAY_SCREEN_OFFER_SECONDS(till_offer_s(till, order)), seconds);
    snprintf(state, sizeof state, "%s %s", word(till, &screen_offer), seconds);
    snprintf(row, ROW_SIZE, "%lld %s: %lld %s $%lld  %s  %s", (long long)order->number,
             rings ? state : order->status, (long long)order->quantity, order->product,
             (long long)order->amount, where,
             rings ? word(till, &screen_offer_keys) : order->place);
}

static void put_orders(const struct till *till, struct page *page, size_t rows)
{
    char row[ROW_SIZE];

    for (size_t i = 0; i < rows; i++) {
        row[0] = '\0';
        if (i < till->order_count)
            write_order(till, &till->orders[i], row);
        put_row(page, row);
    }
}

/* An offer on a small screen: for how long, what, where, and how to answer. */
static void draw_offer(const struct till *till, const struct till_order *order, struct page *page)
{
    char left[GOODS_SIZE], right[TILL_TEXT_SIZE];

    snprintf(left, sizeof left, "%lld %s", (long long)order->number, word(till, &screen_offer));
    put_both(page, left, told(till, SAY_SCREEN_OFFER_SECONDS(till_offer_s(till, order)), right));
    snprintf(left, sizeof left, "%lld %s", (long long)order->quantity, order->product);
    snprintf(right, sizeof right, "$%lld", (long long)order->amount);
    put_both(page, left, right);
    till_where(order, till->lang, right, sizeof right);
    put_row(page, right);
    put_row(page, word(till, &screen_offer_keys));
}

/* One that the vendor has: what, how far, and the place in two rows. */
static void draw_order(const struct till *till, const struct till_order *order, struct page *page)
{
    char left[GOODS_SIZE], right[TILL_TEXT_SIZE];

    snprintf(left, sizeof left, "%lld: %lld %s", (long long)order->number,
             (long long)order->quantity, order->product);
    snprintf(right, sizeof right, "$%lld", (long long)order->amount);
    put_both(page, left, right);
    till_where(order, till->lang, right, sizeof right);
    put_row(page, right[0] != '\0' ? right : order->status);
    put_text(page, order->place, 2);
}

/* In a row of twenty: which, how far, and which way. */
static void put_short_orders(const struct till *till, struct page *page)
{
    char where[TILL_TEXT_SIZE], row[2 * TILL_TEXT_SIZE];

    for (size_t i = 0; page->rows > 0; i++) {
        row[0] = '\0';
        if (i < till->order_count) {
            const struct till_order *order = &till->orders[i];
            till_where(order, till->lang, where, sizeof where);
            snprintf(row, sizeof row, "%lld %s", (long long)order->number,
                     where[0] != '\0' ? where : order->status);
        }
        put_row(page, row);
    }
}

/* Where nobody is typing, and nothing waits for a key. */
static bool is_calm(const struct till *till)
{
    return till->length == 0 && !till->asking && !till->busy && !till->has_news &&
           (till->key_ms == 0 || till->now_ms - till->key_ms >= TILL_CALM_MS);
}

static void draw_small(const struct till *till, struct page *page)
{
    char typed[TILL_LINE_MAX + 4], receipt[TILL_TEXT_SIZE], text[TILL_TEXT_SIZE];

    const struct till_order *offer = till_offer(till);

    if (offer != NULL && is_calm(till))
        return draw_offer(till, offer, page);
    if (till->shows_orders && till->length == 0 && till->order_page == 0)
        return put_short_orders(till, page);
    if (till->shows_orders && till->length == 0 && till->order_page <= till->order_count)
        return draw_order(till, &till->orders[till->order_page - 1], page);
    snprintf(typed, sizeof typed, "> %s_", till->line);
    put_both(page, typed, link_short(till));
    put_text(page, small_text_of(till, text), page->rows - 1);
    snprintf(text, sizeof text, "%lld", (long long)till->receipt);
    last_receipt(till, text, receipt);
    put_both(page, receipt, left_over(till, text));
}

static void draw_large(const struct till *till, struct page *page)
{
    char receipt[TILL_TEXT_SIZE], text[TILL_TEXT_SIZE], sold[24] = "";

    put_both(page, "carrito",
             till->heard && till->waiting > 0 ? told(till, SAY_SCREEN_WAITING(till->waiting), text)
                                              : "");
    put_both(page, "", link_long(till));
    if (till->quantity > 0)
        snprintf(sold, sizeof sold, "%lld", (long long)till->quantity);
    put_figures(page, till->length > 0 ? till->line : sold);
    put_row(page, "");
    snprintf(text, sizeof text, "> %s_", till->line);
    put_row(page, text);
    put_text(page, text_of(till, text), 2);
    text[0] = ' '; /* behind the tick */
    say_text(&SAY_SCREEN_RECEIPT(till->receipt), till->lang, text + 1, sizeof text - 1);
    last_receipt(till, text, receipt);
    put_both(page, receipt, left_over(till, text));
    if (page->rows > HELP_ROWS)
        put_orders(till, page, (size_t)(page->rows - HELP_ROWS));
    while (page->rows > HELP_ROWS)
        put_row(page, "");
    for (int i = 0; page->rows > 0; i++)
        put_row(page, i < HELP_ROWS ? word(till, help[i]) : "");
}

void till_draw(const struct till *till, int columns, int rows, struct buffer *out)
{
    struct page page = { out, columns, rows };

    if (columns < BIG_COLUMNS || rows < 20)
        draw_small(till, &page);
    else
        draw_large(till, &page);
}

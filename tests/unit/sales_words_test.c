/* Claims about words of carts: each is judged once all that Kafka had when it came is applied, by
 * sums that hang on no clock; `complete` is never false where nothing is missing and never true
 * where something is. */
#include "collector/sales/set_aside.h"

#include "words_office.h"

static const struct {
    const char *claim;
    int sold;
    struct told told;
    int hours_after_midnight, offline;
    const char *complete;
} cases[] = {
    { "agrees in the evening", 2, { NULL, 1, 2, 2, 2, 0 }, -1, 0, "null" },
    { "disagrees in the evening", 2, { NULL, 1, 3, 3, 3, 0 }, -1, 0, "false" },
    { "agrees with offline", 2, { NULL, 1, 2, 2, 2, 0 }, -1, 1, "true" },
    { "disagrees with offline", 2, { NULL, 1, 3, 3, 3, 0 }, -1, 1, "false" },
    { "agrees on the next day", 2, { NULL, 1, 2, 2, 2, 0 }, 1, 0, "true" },
    { "disagrees on the next day", 2, { NULL, 1, 3, 3, 3, 0 }, 1, 0, "false" },
    { "agrees, and something waits", 2, { NULL, 1, 2, 3, 2, 0 }, 1, 0, "null" },
    { "the same, with offline", 2, { NULL, 1, 2, 3, 2, 0 }, -1, 1, "null" },
    { "agrees up to the last but one", 2, { NULL, 1, 1, 1, 1, 0 }, 1, 0, "null" },
    { "a void that has not come", 2, { NULL, 1, 3, 3, 2, 1 }, 1, 0, "false" },
    { "the same sums of another number", 2, { NULL, 1, 3, 3, 3, 1 }, 1, 0, "false" },
    { "totals that begin after the first", 2, { NULL, 2, 2, 2, 1, 0 }, 1, 0, "null" },
    { "totals of what has not come", 2, { NULL, 3, 3, 3, 1, 0 }, 1, 0, "false" },
};

static void complete_is_what_the_table_says(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct office *office = *state;
        int64_t at_ms = NEXT_DAY + cases[i].hours_after_midnight * HOUR_MS;
        sell(office, 1, cases[i].sold);
        if (cases[i].offline)
            say_offline(office, &cases[i].told, at_ms);
        else
            say(office, &cases[i].told, at_ms);
        if (strcmp(daily_complete(office->store, "BBCL23", DAY), cases[i].complete) != 0)
            fail_msg("%s: %s, not %s", cases[i].claim, daily_complete(office->store, "BBCL23", DAY),
                     cases[i].complete);
        close_office(state);
        assert_int_equal(open_office(state), 0);
    }
}

static void no_word_is_judged_before_its_sales_are_applied(void **state)
{
    struct office *office = *state;

    sell(office, 1, 1);
    keep(office, ALL(2), NEXT_DAY, (struct cart_word_way){ 0 });
    office->now_ms = NEXT_DAY + HOUR_MS;
    /* Kafka has more of that time than is applied. */
    tick_as(office, office->role, NEXT_DAY);
    assert_complete(office, DAY, "null");
    tick_as(office, office->role, 0);
    assert_complete(office, DAY, "null");
    take(office, sale(2, 2, NULL));
    pass_to(office, office->now_ms + AFTER_MS);
    assert_complete(office, DAY, "true");
}

static void what_comes_late_heals_it_without_another_word(void **state)
{
    struct office *office = *state;

    sell(office, 1, 2);
    say(office, ALL(4), NEXT_DAY);
    assert_complete(office, DAY, "false");
    take(office, sale(4, 4, NULL));
    pass_to(office, office->now_ms + AFTER_MS);
    assert_complete(office, DAY, "false");
    take(office, sale(3, 3, NULL));
    pass_to(office, office->now_ms + AFTER_MS);
    assert_complete(office, DAY, "true");
}

static void earlier_days_stay_as_they_were(void **state)
{
    struct office *office = *state;

    sell(office, 1, 2);
    say(office, ALL(2), NEXT_DAY + 1);
    sell_on(office, 3, NEXT_DAY + HOUR_MS);
    say(office, ALL(3), NEXT_DAY + 2 * HOUR_MS);
    /* The fourth is lost. */
    sell_on(office, 5, NEXT_DAY + 3 * HOUR_MS);
    say(office, ALL(5), NEXT_DAY + 4 * HOUR_MS);
    assert_complete(office, DAY, "true");
    assert_complete(office, DAY + 1, "false");
    sell_on(office, 6, NEXT_DAY + 25 * HOUR_MS);
    assert_complete(office, DAY + 2, "null");
    say(office, ALL(6), NEXT_DAY + 26 * HOUR_MS);
    assert_complete(office, DAY, "true");
    assert_complete(office, DAY + 1, "false");
    assert_complete(office, DAY + 2, "false");
    sell_on(office, 4, NEXT_DAY + 27 * HOUR_MS);
    pass_to(office, office->now_ms + AFTER_MS);
    assert_complete(office, DAY, "true");
    assert_complete(office, DAY + 1, "true");
}

/* found.md C6: five sales with the time of the last shutdown, then NTP: they are today's. */
static void a_morning_without_a_clock_agrees(void **state)
{
    static const char *const hours[] = { "1", "2", "3", "4", "5" };
    struct office *office = *state;
    int64_t yesterday = NOON - 24 * HOUR_MS;

    for (int seq = 1; seq <= 5; seq++) {
        char rest[128];
        snprintf(rest, sizeof rest,
                 ",\"clock\":\"none\",\"boot\":\"b\",\"boot_ms\":%s000,\"receipt\":%d,"
                 "\"quantity\":3,\"amount\":1500",
                 hours[seq - 1], seq);
        take(office, event_at("sale", seq, yesterday, rest));
    }
    take(office, event("clock", 6, ",\"boot\":\"b\",\"boot_ms\":6000"));
    take(office, sale(7, 6, NULL));
    take(office, sale(8, 7, NULL));
    say(office, &(struct told){ NULL, 1, 8, 8, 7, 0 }, NEXT_DAY);
    assert_complete(office, DAY, "true");
}

static void a_void_of_a_later_day_agrees(void **state)
{
    struct office *office = *state;

    sell(office, 1, 3);
    say(office, ALL(3), NEXT_DAY);
    office->now_ms = NEXT_DAY + HOUR_MS;
    take(office, event_at("void", 4, office->now_ms, ",\"receipt\":2"));
    say(office, &(struct told){ NULL, 1, 4, 4, 3, 1 }, NEXT_DAY + 2 * HOUR_MS);
    assert_complete(office, DAY, "true");
    /* One that comes before its sale, too. */
    take(office, event_at("void", 6, office->now_ms, ",\"receipt\":4"));
    take(office, sale_at(5, 4, office->now_ms, NULL));
    say(office, &(struct told){ NULL, 1, 6, 6, 4, 2 }, NEXT_DAY + 26 * HOUR_MS);
    assert_complete(office, DAY, "true");
    assert_complete(office, DAY + 1, "true");
}

static void void_elsewhere(struct office *office, int seq, int receipt)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text,
             "{\"v\":1,\"type\":\"void\",\"cart\":\"BBCL23\",\"epoch\":\"" EPOCH_2
             "\",\"seq\":%d,\"ts_ms\":%lld,\"clock\":\"ntp\",\"receipt\":%d,\"sale_epoch\":\"" EPOCH
             "\",\"source\":\"desk\"}",
             seq, (long long)NOON, receipt);
    take(office, text);
}

static void what_is_voided_elsewhere_stands(void **state)
{
    struct office *office = *state;

    sell(office, 1, 3);
    void_elsewhere(office, 1, 2);
    say(office, ALL(3), NEXT_DAY);
    assert_complete(office, DAY, "true");
    /* The vendor takes the same back as well, and another one that the desk does afterwards. */
    take(office, taken_back(4, 2));
    take(office, taken_back(5, 3));
    void_elsewhere(office, 2, 3);
    say(office, &(struct told){ NULL, 1, 5, 5, 3, 2 }, NEXT_DAY + HOUR_MS);
    assert_complete(office, DAY, "true");
}

/* The cart's totals begin at 3, where it was upgraded. */
static void a_void_from_before_the_totals_takes_nothing_back(void **state)
{
    struct office *office = *state;

    sell(office, 1, 2);
    sell_on(office, 3, NEXT_DAY + HOUR_MS);
    take(office, event_at("void", 4, office->now_ms, ",\"receipt\":1"));
    take(office, event_at("void", 5, office->now_ms, ",\"receipt\":3"));
    say(office, &(struct told){ NULL, 3, 5, 5, 1, 1 }, NEXT_DAY + 25 * HOUR_MS);
    assert_complete(office, DAY + 1, "true");
    assert_complete(office, DAY, "null");
}

static void what_is_set_aside_is_missing(void **state)
{
    struct office *office = *state;
    struct store_rows *rows;
    char id[200];

    sell(office, 1, 2);
    take(office, sale(2, 2, "Ana Soto"));
    say(office, ALL(2), NEXT_DAY);
    assert_complete(office, DAY, "null");
    rows = store_query(office->store, "SELECT id FROM set_aside", "");
    assert_true(store_next(rows));
    snprintf(id, sizeof id, "%s", store_text(rows, 0));
    store_rows_end(rows);
    assert_true(store_begin(office->store));
    assert_int_equal(set_aside_drop(office->store, id, NEXT_DAY), SET_ASIDE_DECIDED);
    assert_int_equal(store_commit(office->store), STORE_OK);
    assert_complete(office, DAY, "true");
    take(office, sale(1, 1, "Luis"));
    assert_complete(office, DAY, "null");
}

static void words_that_are_late_or_come_again_change_nothing(void **state)
{
    struct office *office = *state;

    sell(office, 1, 2);
    say(office, &(struct told){ NULL, 1, 2, 3, 2, 0 }, NEXT_DAY - 2 * HOUR_MS);
    say(office, ALL(2), NEXT_DAY); /* said before the third was made */
    assert_complete(office, DAY, "null");
    take(office, sale(3, 3, NULL));
    say(office, ALL(3), NEXT_DAY + 1 * HOUR_MS);
    assert_complete(office, DAY, "true");
    say(office, ALL(2), NEXT_DAY + 2 * HOUR_MS);
    say(office, ALL(3), NEXT_DAY + 2 * HOUR_MS);
    assert_complete(office, DAY, "true");
    /* The centre asks for all again: nothing is acknowledged for a while. */
    say(office, &(struct told){ NULL, 1, 0, 3, 0, 0 }, NEXT_DAY + 3 * HOUR_MS);
    assert_complete(office, DAY, "true");
}

static void a_word_that_says_nothing_new_costs_no_judgement(void **state)
{
    struct office *office = *state;

    sell(office, 1, 1);
    say(office, ALL(1), NOON + HOUR_MS);
    keep(office, ALL(1), NOON + 2 * HOUR_MS, (struct cart_word_way){ 0 });
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM words WHERE ready_ms IS NOT NULL"), 0);
    keep(office, ALL(1), NEXT_DAY, (struct cart_word_way){ 0 });
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM words WHERE ready_ms IS NOT NULL"), 1);
}

static void what_waits_after_offline_leaves_it_open(void **state)
{
    struct office *office = *state;

    sell(office, 1, 2);
    say_offline(office, ALL(2), NOON + HOUR_MS);
    assert_complete(office, DAY, "true");
    say(office, &(struct told){ NULL, 1, 2, 3, 2, 0 }, NOON + 2 * HOUR_MS);
    assert_complete(office, DAY, "null");
    take(office, sale(3, 3, NULL));
    say(office, ALL(3), NOON + 3 * HOUR_MS);
    assert_complete(office, DAY, "null");
    say(office, ALL(3), NEXT_DAY);
    assert_complete(office, DAY, "true");
    /* The next day's work leaves this one alone. */
    say(office, &(struct told){ NULL, 1, 3, 4, 3, 0 }, NEXT_DAY + HOUR_MS);
    assert_complete(office, DAY, "true");
}

static void take_of_epoch_2(struct office *office, int seq, int64_t at_ms)
{
    char text[EVENT_MAX];

    office->now_ms = at_ms;
    snprintf(text, sizeof text,
             "{\"v\":1,\"type\":\"sale\",\"cart\":\"BBCL23\",\"epoch\":\"" EPOCH_2
             "\",\"seq\":%d,\"ts_ms\":%lld,\"clock\":\"gps\",\"receipt\":%d,\"quantity\":3,"
             "\"amount\":1500}",
             seq, (long long)at_ms, seq);
    take(office, text);
}

/* The first sale of the second outbox is lost; its next one is of the day after. */
static void an_outbox_begins_when_the_one_before_it_ended(void **state)
{
    struct office *office = *state;

    sell(office, 1, 2);
    take_of_epoch_2(office, 2, NEXT_DAY + HOUR_MS);
    keep(office, ALL(2), NEXT_DAY + 2 * HOUR_MS, (struct cart_word_way){ 0 });
    say(office, &(struct told){ EPOCH_2, 1, 2, 2, 2, 0 }, NEXT_DAY + 2 * HOUR_MS);
    assert_complete(office, DAY, "null");
    assert_complete(office, DAY + 1, "false");
    take_of_epoch_2(office, 1, NEXT_DAY + 3 * HOUR_MS);
    pass_to(office, office->now_ms + AFTER_MS);
    assert_complete(office, DAY, "true");
}

/* Damaged at night with a sale of the evening, and set aside: told of on the next day. */
static void a_former_outbox_sold_after_the_last_word_before_it(void **state)
{
    struct office *office = *state;
    char now[EVENT_MAX], former[EVENT_MAX], text[3 * EVENT_MAX];

    sell(office, 1, 2);
    say(office, ALL(2), NOON + HOUR_MS);
    write_told(ALL(2), now);
    write_told(&(struct told){ NULL, 1, 0, 1, 0, 0 }, former);
    snprintf(text, sizeof text, "{%s,\"earlier\":[{\"epoch\":\"" EPOCH_2 "\",%s}]}", now, former);
    say_json(office, text, NEXT_DAY + HOUR_MS, (struct cart_word_way){ 0 });
    pass_to(office, NEXT_DAY + HOUR_MS + AFTER_MS);
    sell_on(office, 3, NEXT_DAY + 2 * HOUR_MS);
    say(office, ALL(3), NEXT_DAY + 26 * HOUR_MS);
    assert_complete(office, DAY, "null");
    assert_complete(office, DAY + 1, "null");
    sell_on(office, 4, NEXT_DAY + 27 * HOUR_MS);
    say(office, ALL(4), NEXT_DAY + 50 * HOUR_MS);
    assert_complete(office, DAY + 2, "true");
}

/* It is in no totals, and the cart says that it waits. */
static void what_waits_from_before_the_totals_leaves_it_open(void **state)
{
    struct office *office = *state;

    sell(office, 1, 2);
    say(office, &(struct told){ EPOCH_2, 2, 0, 1, 0, 0 }, NOON + HOUR_MS);
    say(office, ALL(2), NEXT_DAY);
    assert_complete(office, DAY, "null");
}

static void former_outboxes_have_words_of_their_own(void **state)
{
    struct office *office = *state;
    char now[EVENT_MAX], before[EVENT_MAX], text[3 * EVENT_MAX];

    sell(office, 1, 2);
    write_told(&(struct told){ NULL, 1, 0, 1, 0, 0 }, now);
    write_told(ALL(2), before);
    snprintf(text, sizeof text, "{%s,\"earlier\":[{\"epoch\":\"" EPOCH "\",%s}]}", now, before);
    /* The heartbeat is of an outbox that we do not know yet: it calls the one that we know earlier.
     */
    say_json(office, text, NEXT_DAY, (struct cart_word_way){ 0 });
    pass_to(office, NEXT_DAY + AFTER_MS);
    assert_complete(office, DAY, "true");
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM words"), 1);
}

/* Nothing of it has come, nor will: its sales may be of the day of its word. */
static void an_outbox_of_which_nothing_came_is_missing(void **state)
{
    struct office *office = *state;

    sell(office, 1, 2);
    say(office, &(struct told){ EPOCH_2, 1, 4, 4, 4, 0 }, NEXT_DAY - HOUR_MS);
    say(office, ALL(2), NEXT_DAY);
    assert_complete(office, DAY, "false");
    sell_on(office, 3, NEXT_DAY + HOUR_MS);
    say(office, ALL(3), NEXT_DAY + 30 * HOUR_MS);
    assert_complete(office, DAY + 1, "true");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("complete is what the table says", complete_is_what_the_table_says),
        CLAIM("no word is judged before its sales are applied",
              no_word_is_judged_before_its_sales_are_applied),
        CLAIM("what comes late heals it without another word",
              what_comes_late_heals_it_without_another_word),
        CLAIM("earlier days stay as they were", earlier_days_stay_as_they_were),
        CLAIM("a morning without a clock agrees", a_morning_without_a_clock_agrees),
        CLAIM("a void of a later day agrees", a_void_of_a_later_day_agrees),
        CLAIM("what is voided elsewhere stands", what_is_voided_elsewhere_stands),
        CLAIM("a void from before the totals takes nothing back",
              a_void_from_before_the_totals_takes_nothing_back),
        CLAIM("what is set aside is missing", what_is_set_aside_is_missing),
        CLAIM("words that are late or come again change nothing",
              words_that_are_late_or_come_again_change_nothing),
        CLAIM("a word that says nothing new costs no judgement",
              a_word_that_says_nothing_new_costs_no_judgement),
        CLAIM("what waits after offline leaves it open", what_waits_after_offline_leaves_it_open),
        CLAIM("an outbox begins when the one before it ended",
              an_outbox_begins_when_the_one_before_it_ended),
        CLAIM("a former outbox sold after the last word before it",
              a_former_outbox_sold_after_the_last_word_before_it),
        CLAIM("what waits from before the totals leaves it open",
              what_waits_from_before_the_totals_leaves_it_open),
        CLAIM("former outboxes have words of their own", former_outboxes_have_words_of_their_own),
        CLAIM("an outbox of which nothing came is missing",
              an_outbox_of_which_nothing_came_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

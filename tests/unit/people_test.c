/* Claims about persons: one who was put through every door and erased is in no byte of the store,
 * its log and a later backup; every sum stays; and what comes again is met alike. */
#include "collector/members/member.h"
#include "collector/people/people.h"
#include "collector/store/retention.h"
#include "tests/unit/sales_office.h"
#include "tests/unit/scratch.h"

#include "rebuild_sql.h"

#define RUT      "12345678-5"
#define MAIL     "Ana.Soto@example.cl"
#define CLIENT   "Ana Soto"
#define USER     "anasoto"
#define ORDER_ID "0123456789abcdef0123456789abcdef"
#define FIGURES                                                                                    \
    "SELECT day || ' ' || cart || ' ' || quantity || ' ' || amount || ' ' || sales || ' ' || "     \
    "named_clients || ' ' || anonymous || ' ' || voided || ' ' || revision FROM daily "            \
    "UNION ALL SELECT level || '/' || span || ' ' || clients FROM client_counts "                  \
    "UNION ALL SELECT day || ' ' || cart || ' ' || revision || row_after FROM revisions "          \
    "UNION ALL SELECT level || '/' || span || ' ' || COUNT(*) || ' ' || SUM(parts) "               \
    "FROM client_groups GROUP BY level, span "                                                     \
    "UNION ALL SELECT day || ' ' || cart || ' ' || COUNT(*) || ' ' || SUM(bought) "                \
    "FROM day_clients GROUP BY day, cart"

static const struct {
    enum person_kind kind;
    const char *text;
} keys[] = {
    { PERSON_RUT, RUT }, { PERSON_MAIL, MAIL }, { PERSON_CLIENT, CLIENT }, { PERSON_USER, USER }
};
#define KEYS_COUNT (sizeof keys / sizeof *keys)

static void erase(struct store *store, enum person_kind kind, const char *text, int64_t now_ms)
{
    struct person_key key;
    struct buffer told = { 0 };
    struct json_writer json = json_write_to(&told);

    assert_true(store_begin(store));
    person_key_make(store, kind, text, &key);
    json_object_begin(&json, NULL);
    person_erase(store, &key, now_ms, &json);
    json_object_end(&json);
    assert_int_equal(store_commit(store), STORE_OK);
    buffer_free(&told);
}

static void erase_client(struct office *office)
{
    erase(office->store, PERSON_CLIENT, CLIENT, office->now_ms);
}

/* All rows of one text column, each with a line end. The caller frees it. */
static char *lines_of(struct store *store, const char *sql)
{
    struct store_rows *rows = store_query(store, sql, "");
    struct buffer text = { 0 };

    buffer_text(&text, "");
    while (store_next(rows)) {
        buffer_text(&text, store_text(rows, 0) != NULL ? store_text(rows, 0) : "null");
        buffer_text(&text, "\n");
    }
    store_rows_end(rows);
    assert_int_equal(store_status(store), STORE_OK);
    return text.bytes;
}

static void assert_same_figures(struct office *office, char *before)
{
    char *after = lines_of(office->store, FIGURES);

    assert_string_equal(after, before);
    free(after);
    free(before);
}

/* Two days: the first is closed, and has a late sale; of the second one sale was taken back. */
static void sell(struct office *office)
{
    take(office, sale(1, 1, CLIENT));
    take(office, sale(2, 2, "Berta"));
    take(office, sale(3, 3, CLIENT));
    pass_to(office, NOON + 86400000);
    take(office, sale(4, 4, CLIENT));
    take(office, sale_at(5, 5, NOON + 86400000, CLIENT));
    take(office, sale_at(6, 6, NOON + 86400000, "Ana"));
    take(office, sale_at(7, 7, NOON + 86400000, "Mariana Soto"));
    take(office, taken_back(8, 5));
}

static void sell_again(struct office *office)
{
    office->now_ms = NOON;
    sell(office);
}

static void a_client_goes_and_every_sum_stays(void **state)
{
    struct office *office = *state;

    sell(office);
    assert_true(ask(office, "SELECT COUNT(*) FROM revisions") > 1);
    char *before = lines_of(office->store, FIGURES);
    erase_client(office);
    assert_same_figures(office, before);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM receipts WHERE client = 'Ana Soto'"), 0);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM day_clients WHERE client = 'Ana Soto'"), 0);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM client_groups WHERE client = 'Ana Soto'"),
                     0);
    assert_int_equal(ask(office, "SELECT COUNT(DISTINCT client) FROM receipts "
                                 "WHERE substr(client, 1, 1) = '~' AND length(client) = 23"),
                     1);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM receipts WHERE client IN ('Ana', 'Berta', "
                                 "'Mariana Soto')"),
                     3);
}

static void a_late_sale_is_the_same_clients(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, CLIENT));
    take(office, sale(2, 2, "Berta"));
    erase_client(office);
    take(office, sale(3, 3, CLIENT));
    assert_day(office, DAY, (struct totals){ 3, 9, 4500, 2, 0, 0 });
    take(office, taken_back(4, 1));
    assert_day(office, DAY, (struct totals){ 2, 6, 3000, 2, 1, 0 });
    take(office, taken_back(5, 3));
    assert_day(office, DAY, (struct totals){ 1, 3, 1500, 1, 2, 0 });
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM receipts WHERE client = 'Ana Soto'"), 0);
    take(office, sale(1, 1, CLIENT)); /* the cart's own bytes are the same ones still */
    assert_int_equal(ask(office, "SELECT duplicates FROM sources"), 1);
}

static void a_rebuild_meets_the_pseudonym(void **state)
{
    struct office *office = *state;

    sell(office);
    erase_client(office);
    char *before = lines_of(office->store, FIGURES);
    store_begin(office->store);
    store_script(office->store, SQL_REBUILD);
    assert_int_equal(store_commit(office->store), STORE_OK);
    role_sales.forget(office->role);
    sell_again(office);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM receipts WHERE client = 'Ana Soto'"), 0);
    assert_same_figures(office, before);
}

static void a_conflict_of_later_names_nobody(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Berta"));
    take(office, sale(2, 2, CLIENT));
    take(office, sale(2, 2, "Carla"));
    take(office, sale(1, 1, CLIENT));
    erase_client(office);
    take(office, sale(2, 2, "Ana Soto\",\"reason\":\"x"));
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM set_aside"), 3);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM set_aside WHERE text LIKE '%Ana Soto%'"), 0);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM set_aside WHERE text LIKE '%Carla%'"), 1);
}

/* ---- the other doors ---- */

static void give(struct office *office, const struct role_calls *calls,
                 const struct kafka_record *record)
{
    void *role = calls->open(&office->settings);

    assert_true(store_begin(office->store));
    calls->begin(role, office->store, office->now_ms);
    calls->apply(role, record);
    calls->end(role);
    assert_int_equal(store_commit(office->store), STORE_OK);
    calls->close(role);
}

static void apply_for(struct office *office, const char *id, int64_t append_ms)
{
    char value[512];

    snprintf(value, sizeof value,
             "{\"id\":\"%s\",\"name\":\"Ana\",\"lastname\":\"Soto Rojas\",\"rut\":\"" RUT
             "\",\"email\":\"" MAIL "\",\"plate\":\"BBCL23\",\"premium\":true}",
             id);
    give(office, &role_members,
         &(struct kafka_record){ .topic = TOPIC_MEMBERS,
                                 .partition = MEMBER_PREMIUM_PARTITION,
                                 .offset = office->offset++,
                                 .append_ms = append_ms,
                                 .value = value,
                                 .value_length = strlen(value) });
}

static void place_order(struct office *office, const char *id, int64_t append_ms)
{
    char value[512];

    snprintf(
        value, sizeof value,
        "{\"id\":\"%s\",\"product\":\"sopaipilla\",\"price\":500,\"quantity\":2,\"email\":\"" MAIL
        "\",\"lat\":-33.4567,\"lon\":-70.6543,\"time_ms\":%lld}",
        id, (long long)append_ms);
    give(office, &role_orders,
         &(struct kafka_record){ .topic = TOPIC_ORDER_REQUESTS,
                                 .offset = office->offset++,
                                 .append_ms = append_ms,
                                 .value = value,
                                 .value_length = strlen(value) });
}

static void accept(struct office *office)
{
    char id[MEMBER_ID_MAX + 1];

    assert_true(store_begin(office->store));
    member_decide(office->store, RUT,
                  &(struct member_decision){ .status = MEMBER_ACCEPTED, .now_ms = office->now_ms },
                  id);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

/* What operators, strangers and servers wrote about the person, and what waits. */
static const char others[] =
    "INSERT INTO users (name, role, password, created_ms) VALUES ('anasoto', 'viewer', 'x', 1);"
    "INSERT INTO tokens (hash, id, name, owner, role, created_ms, expires_ms) "
    "VALUES ('h', 'i', 'anasoto', 'anasoto', 'viewer', 1, 2);"
    "INSERT INTO login_attempts (id, user_name, at_ms) VALUES ('a', 'anasoto', 1);"
    "INSERT INTO login_accounts VALUES ('anasoto', 1, 0, 1, 0, 1);"
    "INSERT INTO role_wishes VALUES ('sales', 0, 'anasoto', 1);"
    "INSERT INTO alerts (id, kind, subject, severity, status, started_ms, details, about) VALUES "
    "('l', 'login-blocked', 'anasoto', 'MINOR', 'ACTIVE_UNACK', 1, 'cuenta anasoto', 'x anasoto');"
    "INSERT INTO alerts (id, kind, subject, severity, status, started_ms, details, about) VALUES "
    "('d', 'dead-letter', 'x', 'MINOR', 'ACTIVE_UNACK', 1, 'rut 12.345.678-5', 'x\t12345678-5');"
    "INSERT INTO actions VALUES (1, 1, 'anasoto', 'member-accept', '12345678-5', 'RUT 12345678-5');"
    "INSERT INTO actions VALUES (2, 1, 'admin', 'user-add', 'anasoto', 'viewer');"
    "INSERT INTO actions VALUES (3, 1, 'admin', 'sale', 'x', 'para Ana Soto.');"
    "INSERT INTO reports VALUES ('r', 1, NULL, 1, 2, 'soy Ana Soto, RUT 123456785, "
    "ana.soto@example.cl', 'sighting');"
    "INSERT INTO idempotency VALUES ('k', 'b', 202, CAST('{\"rut\":\"12345678-5\"}' AS BLOB), 9);"
    "INSERT INTO effects (lane, id, position, topic, record_key, value) VALUES ('kafka', 'w', 900, "
    "'carrito.dead-letters', CAST('12345678-5' AS BLOB), CAST('{\"rut\":\"12345678-5\",\"client\":"
    "\"Ana Soto\"}' AS BLOB));"
    "INSERT INTO effects (lane, id, position, topic, record_key, value) VALUES ('kafka', 't', 901, "
    "'carrito.login-attempts', CAST('anasoto' AS BLOB), CAST('{\"user\":\"anasoto\"}' AS BLOB));"
    "INSERT INTO cart_settings (cart, name, text) VALUES ('BBCL23', 'note', 'la de Ana Soto');"
    "UPDATE mails SET answer = '250 to <Ana.Soto@example.cl> ok'";

static void put_through_every_door(struct office *office)
{
    sell(office);
    take(office, sale(2, 2, CLIENT)); /* set aside */
    apply_for(office, "application-1", office->now_ms);
    accept(office);
    place_order(office, ORDER_ID, office->now_ms);
    store_begin(office->store);
    assert_true(store_script(office->store, others));
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static void erase_all(struct office *office)
{
    for (size_t i = 0; i < KEYS_COUNT; i++)
        erase(office->store, keys[i].kind, keys[i].text, office->now_ms);
}

static void a_member_has_left_without_a_name(void **state)
{
    struct office *office = *state;

    put_through_every_door(office);
    erase_all(office);
    assert_lines(office,
                 "SELECT status || name || lastname || email || COALESCE(rut, '-') FROM members",
                 "left-\n");
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM member_carts"), 0);
    /* The record is read again from Kafka; and another one of before, which no row knows. */
    apply_for(office, "application-1", office->now_ms);
    apply_for(office, "application-0", office->now_ms - 1);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM members"), 1);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM applications"), 0);
    office->now_ms++;
    apply_for(office, "application-2", office->now_ms);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM members WHERE status = 'pending'"), 1);
}

static void a_buyers_mails_are_not_sent(void **state)
{
    struct office *office = *state;

    office->settings.orders = (char *)"dispatch";
    office->settings.dispatch_s = 600;
    place_order(office, ORDER_ID, office->now_ms);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM effects WHERE lane = 'mail'"), 1);
    erase(office->store, PERSON_MAIL, "ana.soto@EXAMPLE.cl", office->now_ms);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM effects WHERE lane = 'mail'"), 0);
    assert_lines(office, "SELECT status FROM mails", "skipped\n");
    assert_lines(office, "SELECT email || COALESCE(lat, '-') || status FROM orders", "-recibido\n");
    /* One of before that is read for the first time: it is an order, of nobody. */
    place_order(office, "ffffffffffffffffffffffffffffffff", office->now_ms - 1);
    assert_lines(office, "SELECT email || COALESCE(lat, '-') FROM orders", "-\n-\n");
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM mails"), 1);
    office->now_ms++;
    place_order(office, "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", office->now_ms);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM effects WHERE lane = 'mail'"), 1);
    office->settings.orders = NULL;
}

/* ---- byte by byte ---- */

struct folder {
    struct office *office;
    struct scratch *scratch;
};

static const char *const traces[] = {
    RUT,    "12.345.678-5", "123456785", MAIL,      "ana.soto@example.cl",
    CLIENT, "Soto Rojas",   USER,        "-33.4567"
};

static int open_folder(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);
    void *scratch = NULL, *office = NULL;
    char url[700];

    if (folder == NULL || scratch_setup(&scratch) != 0 || open_office(&office) != 0)
        return -1;
    folder->scratch = scratch;
    folder->office = office;
    store_close(folder->office->store);
    snprintf(url, sizeof url, "sqlite://%s", folder->scratch->path);
    folder->office->store = store_open(url, STORE_DURABLE);
    *state = folder;
    return store_migrate(folder->office->store) == STORE_OK ? 0 : -1;
}

static int close_folder(void **state)
{
    struct folder *folder = *state;
    void *scratch = folder->scratch, *office = folder->office;

    close_office(&office);
    scratch_teardown(&scratch);
    free(folder);
    return 0;
}

/* How many of the traces the file has; -1 where there is no file. */
static int traces_in(const struct folder *folder, const char *suffix)
{
    char path[700];
    struct buffer all = { 0 };
    char piece[65536];
    size_t length;
    int found = 0;

    snprintf(path, sizeof path, "%s%s", folder->scratch->path, suffix);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return -1;
    while ((length = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_append(&all, piece, length);
    fclose(file);
    for (size_t i = 0; i < sizeof traces / sizeof *traces; i++)
        if (memmem(all.bytes, all.length, traces[i], strlen(traces[i])) != NULL) {
            print_message("%s has %s\n", suffix, traces[i]);
            found++;
        }
    buffer_free(&all);
    return found;
}

/* The number of the place is a number in the file, and not among the traces. */
#define TEXT_TRACES 8

static void no_byte_is_left(void **state)
{
    struct folder *folder = *state;
    struct office *office = folder->office;
    char backup[700];

    put_through_every_door(office);
    char *before = lines_of(office->store, FIGURES);
    assert_true(traces_in(folder, "-wal") >= TEXT_TRACES - 2);
    erase_all(office);
    assert_same_figures(office, before);
    assert_true(store_scrub(office->store));
    assert_int_equal(traces_in(folder, ""), 0);
    assert_int_equal(traces_in(folder, "-wal"), 0);
    snprintf(backup, sizeof backup, "%s.backup", folder->scratch->path);
    assert_true(store_backup(office->store, backup));
    assert_int_equal(traces_in(folder, ".backup"), 0);
    /* It is all read once more. */
    sell_again(office);
    take(office, sale(2, 2, CLIENT));
    apply_for(office, "application-0", NOON);
    place_order(office, "dddddddddddddddddddddddddddddddd", NOON);
    assert_true(store_scrub(office->store));
    assert_int_equal(traces_in(folder, ""), 0);
    assert_int_equal(traces_in(folder, "-wal"), 0);
}

/* ---- found ---- */

static void what_is_kept_is_found(void **state)
{
    static const struct {
        enum person_kind kind;
        const char *text, *tables;
    } expected[] = {
        { PERSON_RUT, RUT,
          "mails members actions effects idempotency reports actions alerts alerts " },
        { PERSON_MAIL, MAIL, "members orders mails effects reports mails " },
        { PERSON_CLIENT, CLIENT,
          "receipts day_clients client_groups effects reports actions set_aside cart_settings " },
        { PERSON_USER, USER,
          "users tokens login_attempts login_accounts role_wishes alerts actions actions "
          "effects " },
    };
    struct office *office = *state;

    put_through_every_door(office);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct buffer found = { 0 };
        struct json_writer json = json_write_to(&found);
        struct person_key key;
        char tables[256] = "";
        assert_true(store_begin(office->store));
        person_key_make(office->store, expected[i].kind, expected[i].text, &key);
        json_object_begin(&json, NULL);
        person_find(office->store, &key, &json);
        json_object_end(&json);
        assert_int_equal(store_commit(office->store), STORE_OK);
        cJSON *object = cJSON_Parse(found.bytes), *place;
        cJSON_ArrayForEach(place, cJSON_GetObjectItemCaseSensitive(object, "places"))
            snprintf(tables + strlen(tables), sizeof tables - strlen(tables), "%s ",
                     cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(place, "table")));
        assert_string_equal(tables, expected[i].tables);
        cJSON_Delete(object);
        buffer_free(&found);
    }
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM("a client goes and every sum stays", a_client_goes_and_every_sum_stays),
        CLAIM("a late sale is the same client's", a_late_sale_is_the_same_clients),
        CLAIM("a rebuild meets the pseudonym", a_rebuild_meets_the_pseudonym),
        CLAIM("a conflict of later names nobody", a_conflict_of_later_names_nobody),
        CLAIM("a member has left without a name", a_member_has_left_without_a_name),
        CLAIM("a buyer's mails are not sent", a_buyers_mails_are_not_sent),
        { "no byte is left", no_byte_is_left, open_folder, close_folder, NULL },
        CLAIM("what is kept is found", what_is_kept_is_found),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}

/* Claims about events: what is refused and why, what is read, and that what is written reads back.
 * The corpus in tests/corpus/events is shared with the bridge: good/ must be read, bad/ refused. */
#include "common/event.h"

#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SALE                                                                                       \
    "{\"v\":1,\"type\":\"sale\",\"cart\":\"BBCL23\",\"epoch\":\"9f0c9f0c9f0c9f0c\",\"seq\":418,"   \
    "\"ts_ms\":1790000000123,\"clock\":\"gps\",\"receipt\":120,\"quantity\":3"

static bool read_text(const char *text, struct event *event, struct json_reason *why)
{
    return event_read(text, strlen(text), event, why);
}

static void refuses(void **state)
{
    static const struct {
        const char *text, *field, *reason;
    } cases[] = {
        { "", "", "empty" },
        { "[1]", "", "not a JSON object" },
        { "{", "", "not JSON: a key is missing" },
        { SALE "}}", "", "not JSON: something follows the object" },
        { SALE ",\"a\":01}", "a", "not JSON: a number with a leading zero" },
        { SALE ",\"a\":1.}", "a", "not JSON: a number that ends with a point" },
        { SALE ",\"a\":1e}", "a", "not JSON: a number without its exponent" },
        { SALE ",\"a\":1e999}", "a", "a number that is not finite" },
        { SALE ",\"a\":9007199254740992}", "a", "an integer over 2^53-1" },
        { SALE ",\"a\":tru}", "a", "not JSON: a value is missing or misspelt" },
        { SALE ",\"a\":\"\xff\"}", "a", "not UTF-8" },
        { SALE ",\"a\":\"\xc0\xaf\"}", "a", "not UTF-8" },
        { SALE ",\"a\":\"\xed\xa0\x80\"}", "a", "not UTF-8" },
        { SALE ",\"a\":\"\\u0000\"}", "a", "NUL inside a string" },
        { SALE ",\"a\":\"\\ud800\"}", "a", "not JSON: a lone surrogate in a string" },
        { SALE ",\"a\":\"\n\"}", "a", "not JSON: a control character in a string" },
        { SALE ",\"a\":[[[]]]}", "a", "nested too deep" },
        { SALE ",\"seq\":419}", "seq", "the key seq stands twice" },
        { SALE ",\"s\\u0065q\":419}", "seq", "the key seq stands twice" },
        { SALE ",\"a\":{\"b\":1,\"b\":1}}", "b", "the key b stands twice" },
        { SALE ",\"aññññññññññññññññ\":1,\"aññññññññññññññññ\":1}", "añññññññññññññññ",
          "the key añññññññññññññññ stands twice" },
        { SALE ",\"client\":\"  \"}", "client", "client must not be blank" },
        { SALE ",\"amount\":-1}", "amount", "amount must be from 0 to 9007199254740991" },
        { SALE ",\"amount\":1.5}", "amount", "amount must be an integer" },
        { SALE ",\"amount\":\"1\"}", "amount", "amount must be an integer" },
        { SALE ",\"lat\":1}", "lon", "lat and lon come together" },
        { SALE ",\"lat\":91,\"lon\":0}", "lat", "lat must be from -90 to 90" },
        { "{\"v\":2,\"type\":\"sale\"}", "v", "v must be from 1 to 1" },
        { "{\"v\":1}", "type", "type is missing" },
        { "{\"v\":1,\"type\":\"sale\",\"cart\":\"bbcl23\"}", "cart",
          "cart must be a plate: 3 to 16 of A-Z, 0-9 and -, as BBCL23" },
        { "{\"v\":1,\"type\":\"sale\",\"cart\":\"BBCL23\",\"epoch\":\"xyz\"}", "epoch",
          "epoch must be 16 to 32 of [0-9a-f]" },
        { "{\"v\":1,\"type\":\"void\",\"sale_epoch\":\"xyz\"}", "sale_epoch",
          "sale_epoch must be 16 to 32 of [0-9a-f]" },
        { "{\"v\":1,\"type\":\"sale\",\"cart\":\"BBCL23\"}", "clock", "clock is missing" },
        { "{\"v\":1,\"type\":\"sale\",\"quantity\":0}", "quantity",
          "quantity must be from 1 to 10000" },
    };
    struct event event;
    struct json_reason why;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(read_text(cases[i].text, &event, &why));
        assert_string_equal(why.text, cases[i].reason);
        assert_string_equal(why.field, cases[i].field);
    }
}

static void refuses_a_nul_byte(void **state)
{
    static const char text[] = SALE ",\"a\":\"x\0y\"}";
    struct event event;
    struct json_reason why;

    (void)state;
    assert_false(event_read(text, sizeof text - 1, &event, &why));
    assert_string_equal(why.text, "NUL byte");
}

static void refuses_what_is_too_long(void **state)
{
    char text[EVENT_BYTES_MAX + 64];
    struct event event;
    struct json_reason why;

    (void)state;
    size_t head = (size_t)snprintf(text, sizeof text, "%s,\"a\":\"", SALE);
    memset(text + head, 'x', EVENT_BYTES_MAX - head - 2);
    memcpy(text + EVENT_BYTES_MAX - 2, "\"}", 3);
    assert_true(read_text(text, &event, &why));
    memcpy(text + EVENT_BYTES_MAX - 2, "x\"}", 4);
    assert_false(read_text(text, &event, &why));
    assert_string_equal(why.text, "too long: 4097 bytes, at most 4096");
}

static void reads_a_sale(void **state)
{
    struct event event;
    struct json_reason why;

    (void)state;
    assert_true(read_text(SALE ",\"client\":\"  Ana Ñuñoa \",\"amount\":1500,\"stock\":41,"
                               "\"lat\":-33.4372,\"lon\":-70.6506,\"fix_ms\":1790000000000,"
                               "\"new\":[1]} ",
                          &event, &why));
    assert_int_equal(event.type, EVENT_SALE);
    assert_string_equal(event.client, "Ana Ñuñoa");
    assert_int_equal(event.seq, 418);
    assert_int_equal(event.amount, 1500);
    assert_false(event.amount_bad);
    assert_int_equal(event.stock, 41);
    assert_true(event.has_position && event.lat < -33.4371 && event.lon > -70.6507);
    assert_int_equal(event.fix_ms, 1790000000000);
    assert_true(isnan(event.acc) && event.boot_ms == EVENT_ABSENT);
}

/* What a longitude becomes must not depend on how its digits are read. */
static void an_amount_over_the_limit_is_none(void **state)
{
    struct event event;
    struct json_reason why;

    (void)state;
    assert_true(read_text(SALE ",\"amount\":1000000000}", &event, &why));
    assert_int_equal(event.amount, AMOUNT_MAX);
    assert_true(read_text(SALE ",\"amount\":1000000001}", &event, &why)); /* of an older agent */
    assert_int_equal(event.amount, EVENT_ABSENT);
    assert_true(event.amount_bad);
}

static void reads_numbers_as_the_c_library_does(void **state)
{
    static const char *const numbers[] = {
        "-70.6506",
        "0.1",
        "-0",
        "100",
        "1e1",
        "1E-7",
        "0.000000000000001",
        "0.0000000000000000000000001",
        "144.67964140429491",
        "-33.437212345678912345678",
        "123.456789012345",
        "99.9999999999999",
        "12.3e-30",
        "1.00000000000000000000000000000001",
    };
    char text[512];
    struct event event;
    struct json_reason why;

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        snprintf(text, sizeof text, "%s,\"lon\": %s ,\"lat\":1}", SALE, numbers[i]);
        assert_true(read_text(text, &event, &why));
        assert_true(event.lon == strtod(numbers[i], NULL));
    }
}

static void decodes_escapes(void **state)
{
    struct event event;
    struct json_reason why;

    (void)state;
    assert_true(read_text(
        SALE ",\"cli\\u0065nt\":\"\\u00d1u\\u00F1o\\uD83C\\uDF2D\\\"\\\\\\/\\b\\f\\n\\r\\t"
             "\\u20ac\\u007f|\"}",
        &event, &why));
    assert_string_equal(event.client, "Ñuño\xf0\x9f\x8c\xad\"\\/\b\f\n\r\t\xe2\x82\xac\x7f|");
}

/* `"":1,` is the shortest member; no text of an event's size may have more than fit. */
static void reads_as_many_keys_as_fit(void **state)
{
    char text[EVENT_BYTES_MAX + 1];
    struct event event;
    struct json_reason why;
    int length = snprintf(text, sizeof text, "%s,\"\":1", SALE);

    (void)state;
    for (int i = '#'; length < EVENT_BYTES_MAX - 8; i++)
        if (i % 128 > '"' && i % 128 != '\\' && i / 128 + '#' != '\\')
            length += snprintf(text + length, sizeof text - (size_t)length, ",\"%c%c\":1", i % 128,
                               i / 128 + '#');
    snprintf(text + length, sizeof text - (size_t)length, "}");
    assert_true(read_text(text, &event, &why));
}

static void counts_code_points(void **state)
{
    char text[1024];
    struct event event;
    struct json_reason why;

    (void)state;
    for (int count = 64; count <= 65; count++) {
        int length = snprintf(text, sizeof text, "%s,\"client\":\"", SALE);
        for (int i = 0; i < count; i++)
            length += snprintf(text + length, sizeof text - (size_t)length, "\xf0\x9f\x8c\xad");
        snprintf(text + length, sizeof text - (size_t)length, "\"}");
        assert_int_equal(read_text(text, &event, &why), count == 64);
    }
    assert_string_equal(why.text, "client must have at most 64 characters");
}

static void a_phone_has_no_identity(void **state)
{
    static const char phone[] = "{\"v\":1,\"type\":\"location\",\"cart\":\"BBCL23\",\"ts_ms\":1,"
                                "\"clock\":\"gps\",\"lat\":1,\"lon\":2,\"source\":\"owntracks\"";
    char with_seq[256], without[256];
    struct event event;
    struct json_reason why;

    (void)state;
    snprintf(without, sizeof without, "%s}", phone);
    snprintf(with_seq, sizeof with_seq, "%s,\"seq\":1}", phone);
    assert_true(read_text(without, &event, &why));
    assert_true(event.owntracks);
    assert_false(read_text(with_seq, &event, &why));
    assert_string_equal(why.text, "a phone's position has no seq");
}

static void reads_back_what_it_writes(void **state)
{
    struct event event, again;
    struct json_reason why;
    struct buffer out = { 0 };

    (void)state;
    event_clear(&event);
    event.type = EVENT_SALE;
    event.clock = CLOCK_NTP;
    strcpy(event.cart, "BBCL23");
    epoch_make(event.epoch);
    assert_true(epoch_is_valid(event.epoch));
    event.seq = INTEGER_MAX;
    event.ts_ms = 1790000000123;
    event.receipt = 7;
    event.quantity = 2;
    strcpy(event.client, "a\"b\\c\x01\xc3\xb1");
    event.has_position = true;
    event.lat = -33.43721234567891;
    event.lon = 0.1;
    event.fix_ms = 5;
    event_write(&event, &out);
    assert_true(event_read(out.bytes, out.length, &again, &why));
    assert_memory_equal(&event, &again, offsetof(struct event, acc));
    buffer_free(&out);
}

/* Every file of the folder: its bytes up to a last line end. Returns how many there were. */
static int check_folder(const char *folder, bool wanted)
{
    char path[512], bytes[2 * EVENT_BYTES_MAX];
    struct json_reason why = { .text = "" };
    struct dirent *entry;
    struct event event;
    int count = 0;

    snprintf(path, sizeof path, "%s/events/%s", CORPUS_DIR, folder);
    DIR *directory = opendir(path);
    assert_non_null(directory);
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/events/%s/%s", CORPUS_DIR, folder, entry->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t length = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        if (length > 0 && bytes[length - 1] == '\n')
            length--;
        if (event_read(bytes, length, &event, &why) != wanted)
            fail_msg("%s/%s: %s", folder, entry->d_name, why.text);
        count++;
    }
    closedir(directory);
    return count;
}

static void an_unknown_type_is_told_the_known_ones(void **state)
{
    static const char line[] = "{\"v\":1,\"type\":\"loan\"}";
    char wanted[256] = "type must be one of";
    struct json_reason why;
    struct event event;

    (void)state;
    for (enum event_type type = 0; type < EVENT_TYPES; type++) {
        strcat(wanted, type > 0 ? ", " : " ");
        strcat(wanted, event_type_name(type));
    }
    assert_false(event_read(line, sizeof line - 1, &event, &why));
    assert_string_equal(why.text, wanted);
}

static void agrees_with_the_corpus(void **state)
{
    (void)state;
    assert_true(check_folder("good", true) >= 5);
    assert_true(check_folder("bad", false) >= 10);
}

static void folds_plates_that_a_person_typed(void **state)
{
    char cart[CART_LENGTH_MAX + 1];

    (void)state;
    assert_true(cart_from_person("bbcl23", cart));
    assert_string_equal(cart, "BBCL23");
    assert_true(cart_from_person(" sim-01\u00a0", cart));
    assert_string_equal(cart, "SIM-01"); /* no Chilean plate */
    assert_false(cart_from_person("ab", cart));
    assert_false(cart_from_person("-ABC", cart));
    assert_false(cart_from_person("ABCDEFGHIJKLMNOPQ", cart));
    assert_false(cart_from_person("AB/C", cart));
    assert_false(cart_from_person("SIM 01", cart));
    assert_false(cart_from_person("", cart));
}

/* Appends a sign, or none, of those that people write. */
static void append_sign(char *text, unsigned *seed)
{
    static const char *const all[] = { "",       "",       "",       " ",      "-",
                                       ".",      "\u00b7", "\u2022", "\u2013", "\u2212",
                                       "\u00a0", "\u200b", "\u202f", "\ufeff" };

    *seed = *seed * 1103515245 + 12345;
    strcat(text, all[(*seed >> 16) % (sizeof all / sizeof *all)]);
}

/* Input 17 of the field: each of these was a cart and a member of its own. */
static void spellings_of_a_plate_are_one(void **state)
{
    static const char *const plates[] = { "BBCL23", "AA1234", "BBBBB1", "AB123",
                                          "BBC12",  "BBCL1",  "ABC123", "ZZTP10" };
    static const char *const typed[] = {
        "BBCL23",   "BBCL-23",       "B-BCL23",      "BBCL23-K",
        "bb-cl-23", "bb\u00b7cl-23", "BB CL 23 - k", " bbcl.23-0 "
    };
    char cart[CART_LENGTH_MAX + 1];
    unsigned seed = 1;

    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        assert_true(cart_from_person(typed[i], cart));
        assert_string_equal(cart, "BBCL23");
        assert_true(cart_is_same(typed[i], "BBCL-23"));
    }
    for (size_t round = 0; round < 2000; round++) {
        const char *plate = plates[round % (sizeof plates / sizeof *plates)];
        char text[256] = "";
        for (const char *c = plate; *c != '\0'; c++) {
            append_sign(text, &seed);
            strncat(text, &(char){ (char)((seed & 0x10000) != 0 ? tolower(*c) : *c) }, 1);
        }
        append_sign(text, &seed);
        assert_true(cart_from_person(text, cart));
        assert_string_equal(cart, plate);
        assert_true(cart_is_national(cart));
    }
}

/* What only looks like one keeps its hyphens, and is nobody else's. */
static void other_plates_stay_what_they_are(void **state)
{
    static const char *const others[] = { "SIM-01",  "SIM-001", "ROLE-48", "BBCL-234", "AB-12",
                                          "AEIO-12", "B-12",    "1-BBCL",  "ZZ-TEST-9" };
    char cart[CART_LENGTH_MAX + 1];

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_true(cart_from_person(others[i], cart));
        assert_string_equal(cart, others[i]);
        assert_false(cart_is_national(cart));
    }
    assert_false(cart_is_same("SIM-01", "SIM01"));
    assert_false(cart_is_same("BBCL23", "BBCL24"));
    assert_false(cart_is_same("", ""));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "what is wrong is refused with its field and reason", refuses, NULL, NULL, NULL },
        { "a NUL byte is refused", refuses_a_nul_byte, NULL, NULL, NULL },
        { "4096 bytes are read, 4097 are not", refuses_what_is_too_long, NULL, NULL, NULL },
        { "an amount over the limit is none", an_amount_over_the_limit_is_none, NULL, NULL, NULL },
        { "a sale is read, trimmed, unknown keys passed over", reads_a_sale, NULL, NULL, NULL },
        { "numbers are the doubles nearest to their digits", reads_numbers_as_the_c_library_does,
          NULL, NULL, NULL },
        { "escapes are decoded, in keys as well", decodes_escapes, NULL, NULL, NULL },
        { "an event full of keys is read", reads_as_many_keys_as_fit, NULL, NULL, NULL },
        { "a client has 64 code points, not bytes", counts_code_points, NULL, NULL, NULL },
        { "a phone's position has neither epoch nor seq", a_phone_has_no_identity, NULL, NULL,
          NULL },
        { "what is written reads back the same", reads_back_what_it_writes, NULL, NULL, NULL },
        { "an unknown type is told the known ones", an_unknown_type_is_told_the_known_ones, NULL,
          NULL, NULL },
        { "the shared corpus gets the verdicts of its folders", agrees_with_the_corpus, NULL, NULL,
          NULL },
        { "plates are folded for people only", folds_plates_that_a_person_typed, NULL, NULL, NULL },
        { "spellings of a plate are one", spellings_of_a_plate_are_one, NULL, NULL, NULL },
        { "other plates stay what they are", other_plates_stay_what_they_are, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Plates as people type them: one cart has one, however it is spelt (contract, section 1). Pure. */
#include "common/event.h"

#include <string.h>

/* The signs that people put between a plate's letters and its figures, or take along when they copy
 * one. Invisible signs are passed over. */
struct sign {
    const char *bytes; /* UTF-8 */
    char reads_as;     /* '\0': nothing */
};

static const struct sign signs[] = {
    { " ", ' ' },
    { "\t", ' ' },
    { "\n", ' ' },
    { "\r", ' ' },
    { "\xc2\xa0", ' ' },     /* U+00A0, no-break space */
    { "\xe2\x80\x80", ' ' }, /* U+2000 to U+200A, spaces of each width */
    { "\xe2\x80\x81", ' ' },
    { "\xe2\x80\x82", ' ' },
    { "\xe2\x80\x83", ' ' },
    { "\xe2\x80\x84", ' ' },
    { "\xe2\x80\x85", ' ' },
    { "\xe2\x80\x86", ' ' },
    { "\xe2\x80\x87", ' ' },
    { "\xe2\x80\x88", ' ' },
    { "\xe2\x80\x89", ' ' },
    { "\xe2\x80\x8a", ' ' },
    { "\xe2\x80\xaf", ' ' }, /* U+202F, narrow no-break space */
    { "\xe2\x81\x9f", ' ' }, /* U+205F */
    { "\xe3\x80\x80", ' ' }, /* U+3000 */
    { ".", '.' },
    { "\xc2\xb7", '.' },     /* U+00B7, as on the plates themselves */
    { "\xe2\x80\xa2", '.' }, /* U+2022, bullet */
    { "\xe2\x80\xa7", '.' }, /* U+2027 */
    { "\xe2\x88\x99", '.' }, /* U+2219 */
    { "\xe2\x8b\x85", '.' }, /* U+22C5 */
    { "-", '-' },
    { "\xe2\x80\x90", '-' }, /* U+2010 to U+2015, hyphens and dashes */
    { "\xe2\x80\x91", '-' },
    { "\xe2\x80\x92", '-' },
    { "\xe2\x80\x93", '-' },
    { "\xe2\x80\x94", '-' },
    { "\xe2\x80\x95", '-' },
    { "\xe2\x88\x92", '-' },  /* U+2212, minus */
    { "\xef\xb9\xa3", '-' },  /* U+FE63 */
    { "\xef\xbc\x8d", '-' },  /* U+FF0D */
    { "\xc2\xad", '\0' },     /* U+00AD, soft hyphen */
    { "\xe2\x80\x8b", '\0' }, /* U+200B to U+200F: zero width, direction */
    { "\xe2\x80\x8c", '\0' },
    { "\xe2\x80\x8d", '\0' },
    { "\xe2\x80\x8e", '\0' },
    { "\xe2\x80\x8f", '\0' },
    { "\xe2\x81\xa0", '\0' }, /* U+2060, word joiner */
    { "\xef\xbb\xbf", '\0' }, /* U+FEFF, byte order mark */
};

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper_or_digit(char c)
{
    return is_upper(c) || is_digit(c);
}

bool cart_is_valid(const char *text)
{
    size_t length = strlen(text);

    if (length < 3 || length > CART_LENGTH_MAX || !is_upper_or_digit(text[0]))
        return false;
    for (size_t i = 1; i < length; i++)
        if (!is_upper_or_digit(text[i]) && text[i] != '-')
            return false;
    return true;
}

/* The forms of Chilean plates. Since 2007 the letters are consonants, so that no word comes out. */
#define LETTERS_ALL  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LETTERS_2007 "BCDFGHJKLPRSTVWXYZ"

static const struct form {
    size_t letters, digits;
    const char *of;
} forms[] = {
    { 2, 4, LETTERS_ALL },  /* cars, trailers of trucks */
    { 4, 2, LETTERS_2007 }, /* both, since 2007 */
    { 5, 1, LETTERS_2007 }, /* and once those are used up */
    { 2, 3, LETTERS_ALL },  /* motorcycles */
    { 3, 2, LETTERS_2007 }, { 4, 1, LETTERS_2007 },
    { 3, 3, LETTERS_ALL }, /* trailers of a municipality */
};

#define SIMULATED "SIM" /* begins the plates of simulated carts; no municipality has it */

bool cart_is_national(const char *text)
{
    size_t letters = 0, digits;

    while (is_upper(text[letters]))
        letters++;
    digits = strspn(text + letters, "0123456789");
    if (text[letters + digits] != '\0' || strncmp(text, SIMULATED, strlen(SIMULATED)) == 0)
        return false;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (forms[i].letters == letters && forms[i].digits == digits)
            return strspn(text, forms[i].of) == letters;
    return false;
}

/* The sign that the text begins with; NULL where it is none of these. */
static const struct sign *sign_at(const char *text)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(text, signs[i].bytes, strlen(signs[i].bytes)) == 0)
            return &signs[i];
    return NULL;
}

/* In capitals, with one sign for each blank, dot and hyphen, and no blanks at the ends. False where
 * it has other signs, or is too long. */
static bool read_plain(const char *typed, char plain[CART_TYPED_MAX + 1])
{
    size_t length = 0;

    while (*typed != '\0') {
        const struct sign *sign = sign_at(typed);
        char c = *typed;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (sign != NULL)
            c = sign->reads_as;
        else if (!is_upper_or_digit(c))
            return false;
        typed += sign != NULL ? strlen(sign->bytes) : 1;
        if (c == '\0' || (c == ' ' && length == 0))
            continue;
        if (length == CART_TYPED_MAX)
            return false;
        plain[length++] = c;
    }
    while (length > 0 && plain[length - 1] == ' ')
        length--;
    plain[length] = '\0';
    return true;
}

/* The letters and digits alone of `length` bytes. */
static bool read_national(const char *plain, size_t length, char cart[CART_TYPED_MAX + 1])
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++)
        if (is_upper_or_digit(plain[i]))
            cart[count++] = plain[i];
    cart[count] = '\0';
    return cart_is_national(cart);
}

/* Papers print the check digit behind the plate: BBCL23-K. It says nothing that the plate does not.
 */
static size_t without_check_digit(const char *plain)
{
    size_t length = strlen(plain), at = length > 0 ? length - 1 : 0;
    bool has = length > 0 && (is_digit(plain[at]) || plain[at] == 'K'), hyphen = false;

    for (; at > 0 && !is_upper_or_digit(plain[at - 1]); at--)
        hyphen = hyphen || plain[at - 1] == '-';
    return has && hyphen ? at : length;
}

bool cart_from_person(const char *typed, char cart[CART_LENGTH_MAX + 1])
{
    char plain[CART_TYPED_MAX + 1], folded[CART_TYPED_MAX + 1];

    if (!read_plain(typed, plain))
        return false;
    if (!read_national(plain, strlen(plain), folded) &&
        !read_national(plain, without_check_digit(plain), folded))
        strcpy(folded, plain);
    if (!cart_is_valid(folded))
        return false;
    memcpy(cart, folded, strlen(folded) + 1);
    return true;
}

bool cart_is_same(const char *typed, const char *cart)
{
    char one[CART_LENGTH_MAX + 1], other[CART_LENGTH_MAX + 1];

    return cart_from_person(typed, one) && cart_from_person(cart, other) && strcmp(one, other) == 0;
}

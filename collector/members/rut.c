/* The forms that people write, and the check digit. */
#include "collector/members/rut.h"

#include "collector/base/typed.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#define DIGITS_MAX (RUT_SIZE - 3) /* of the number, without dash, check digit and NUL */
#define TYPED_MAX  24             /* with zeros before the number */

/* The digits of what was typed, before the dash. */
struct number {
    char digits[TYPED_MAX];
    size_t count;
    size_t groups; /* dots */
    size_t last;   /* digits after the last dot, or in all */
};

/* Of `count` digits. */
static char check_digit(const char *digits, size_t count)
{
    unsigned sum = 0, factor = 2;

    while (count > 0) {
        sum += (unsigned)(digits[--count] - '0') * factor;
        factor = factor == 7 ? 2 : factor + 1;
    }
    return "0K987654321"[sum % 11];
}

/* Digits with dots between groups of three; returns what follows them. */
static const char *read_number(const char *c, struct number *number)
{
    for (; number->count < TYPED_MAX; c++) {
        bool ends_group = number->groups == 0 ? number->last <= 3 : number->last == 3;
        if (isdigit((unsigned char)*c)) {
            number->digits[number->count++] = *c;
            number->last++;
        } else if (*c == '.' && number->last > 0 && ends_group && isdigit((unsigned char)c[1])) {
            number->groups++;
            number->last = 0;
        } else {
            break;
        }
    }
    return c;
}

/* The check digit where it was typed without a dash: the last of the digits, where they cannot be a
 * number that lacks it. A number has eight at most, and a whole last group has three. */
static char take_last(struct number *number)
{
    bool one_reading = number->groups > 0 ? number->last == 4 : number->count == DIGITS_MAX + 1;

    if (!one_reading)
        return '\0';
    number->last--;
    return number->digits[--number->count];
}

/* NUL where there is none, or something else follows. */
static char read_check(const char *c, struct number *number)
{
    const char *dash = c + strspn(c, " ");

    if (*c == '\0')
        return take_last(number);
    if (*dash == '-')
        c = dash + 1 + strspn(dash + 1, " ");
    else if (toupper((unsigned char)*c) != 'K')
        return '\0';
    return c[0] != '\0' && c[1] == '\0' ? (char)toupper((unsigned char)*c) : '\0';
}

bool rut_from_person(const char *text, char rut[RUT_SIZE])
{
    char plain[2 * TYPED_MAX];
    struct number number = { .count = 0 };

    if (!typed_plain(text, plain, sizeof plain))
        return false;
    char check = read_check(read_number(plain, &number), &number);
    size_t zeros = 0;
    while (zeros < number.count && number.digits[zeros] == '0')
        zeros++;
    const char *digits = number.digits + zeros;
    size_t count = number.count - zeros;
    if (count < 1 || count > DIGITS_MAX || (number.groups > 0 && number.last != 3) ||
        check_digit(digits, count) != check)
        return false;
    memcpy(rut, digits, count);
    rut[count] = '-';
    rut[count + 1] = check;
    rut[count + 2] = '\0';
    return true;
}

/* The check digit. */
#include "collector/members/rut.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#define SIGNS_MAX (RUT_SIZE - 2) /* digits and check digit, without dash and NUL */

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

/* What may stand between the signs: a dot before a digit, a dash before the last sign. */
static bool is_between(const char *c)
{
    if (*c == '.')
        return isdigit((unsigned char)c[1]);
    return *c == '-' && isalnum((unsigned char)c[1]) && strchr(" \t", c[2]) != NULL;
}

bool rut_from_person(const char *text, char rut[RUT_SIZE])
{
    char signs[SIGNS_MAX] = "";
    size_t count = 0;
    const char *c = text + strspn(text, " \t");

    c += strspn(c, "0");
    for (; isdigit((unsigned char)*c) || (count > 0 && is_between(c)); c++) {
        if (!isdigit((unsigned char)*c))
            continue;
        if (count == SIGNS_MAX)
            return false;
        signs[count++] = *c;
    }
    if ((*c == 'k' || *c == 'K') && count < SIGNS_MAX) {
        signs[count++] = 'K';
        c++;
    }
    if (count < 2 || c[strspn(c, " \t")] != '\0' ||
        check_digit(signs, count - 1) != signs[count - 1])
        return false;
    memcpy(rut, signs, count - 1);
    rut[count - 1] = '-';
    rut[count] = signs[count - 1];
    rut[count + 1] = '\0';
    return true;
}

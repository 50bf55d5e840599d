/* Unicode's own tables, by libunistring. */
#include "collector/base/typed.h"

#include <stdint.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

#define MINUS 0x2212 /* is no dash to Unicode */

/* The sign at `text`, of *length bytes; U+FFFD where it is no UTF-8. */
static ucs4_t sign_at(const char *text, size_t left, size_t *length)
{
    ucs4_t sign;

    *length = (size_t)u8_mbtouc(&sign, (const uint8_t *)text, left);
    return sign;
}

static bool is_blank(ucs4_t sign)
{
    return uc_is_property_white_space(sign);
}

/* The part without the blanks at its ends: *length bytes from what it returns. */
static const char *trim(const char *text, size_t *length)
{
    size_t left = strlen(text), size, end = 0;

    while (left > 0 && is_blank(sign_at(text, left, &size))) {
        text += size;
        left -= size;
    }
    for (size_t at = 0; at < left; at += size)
        if (!is_blank(sign_at(text + at, left - at, &size)))
            end = at + size;
    *length = end;
    return text;
}

bool typed_plain(const char *text, char *plain, size_t size)
{
    size_t length, sign_length, count = 0;

    text = trim(text, &length);
    for (size_t at = 0; at < length; at += sign_length) {
        ucs4_t sign = sign_at(text + at, length - at, &sign_length);
        if (is_blank(sign))
            sign = ' ';
        else if (sign == MINUS || uc_is_general_category(sign, UC_DASH_PUNCTUATION))
            sign = '-';
        if (sign > '~' || count + 1 >= size)
            return false;
        plain[count++] = (char)sign;
    }
    plain[count] = '\0';
    return true;
}

/* Between words of one line; Unicode's white space has the ends of lines, too. */
static bool is_space(ucs4_t sign)
{
    return sign == '\t' || sign == '\n' || sign == '\r' ||
           uc_is_general_category(sign, UC_SPACE_SEPARATOR);
}

/* UC_OTHER: controls, formats, surrogates, private and unassigned ones. */
static bool is_visible(ucs4_t sign)
{
    return !uc_is_general_category(sign, UC_OTHER) &&
           !uc_is_general_category(sign, UC_LINE_SEPARATOR) &&
           !uc_is_general_category(sign, UC_PARAGRAPH_SEPARATOR) &&
           !uc_is_property_default_ignorable_code_point(sign);
}

bool typed_visible(const char *text, char *visible, size_t size)
{
    size_t left = strlen(text), length = 0, sign_length;

    while (left > 0 && is_space(sign_at(text, left, &sign_length))) {
        text += sign_length;
        left -= sign_length;
    }
    for (size_t at = 0; at < left; at += sign_length)
        if (!is_space(sign_at(text + at, left - at, &sign_length)))
            length = at + sign_length;
    if (length >= size)
        return false;
    for (size_t at = 0; at < length; at += sign_length)
        if (!is_visible(sign_at(text + at, length - at, &sign_length)))
            return false;
    memmove(visible, text, length);
    visible[length] = '\0';
    return true;
}

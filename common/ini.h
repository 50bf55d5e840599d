/* The lines of an INI file: `key = value`, `[section]`, comments. Pure.
 *
 * A line means what it says, whole, or it is wrong: there are no comments behind a value, no values
 * that go on in the next line, and no longest line. Debian's inih is made with all three (200
 * bytes, " ;", indented lines), and a program cannot ask it otherwise. */
#ifndef CARRITO_INI_H
#define CARRITO_INI_H

#include <stddef.h>

enum ini_kind {
    INI_NOTHING, /* empty, or a comment: `#` or `;` is its first sign */
    INI_SECTION, /* `key` is its name, may be empty; behind the ']' there may be a comment */
    INI_PAIR,
    INI_WRONG /* none of these, or a control character that no text has */
};

struct ini_span {
    const char *at; /* into the line */
    size_t length;
};

struct ini_line {
    enum ini_kind kind;
    struct ini_span key, value; /* without blanks around them; a pair's key is not empty */
};

/* Reads a line; its line end, LF or CRLF, may be there or not. '=' ends the key; ':' does so too
 * where it comes first, but in a section, where keys are names (`Café: chico = 900`), only if there
 * is no '='. `section` is the section's name, "" before the first. */
struct ini_line ini_read(struct ini_span line, const char *section);

/* Where " ;" stands in a value, at the ';', or NULL. inih cut values there, as a comment. */
char *ini_old_comment(char *value);

/* The bytes of UTF-8's mark that some editors put before a file: 3, or 0. */
size_t ini_mark(const char *text, size_t length);

#endif

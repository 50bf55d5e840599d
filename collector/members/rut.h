/* The Chilean id, RUT: a number and its check digit.
 *
 * The check digit is modulus 11: the digits from the right times 2, 3, 4, 5, 6, 7, 2, … are summed,
 * and 11 less the remainder is the digit, where 11 is written 0 and 10 is written K (Servicio de
 * Impuestos Internos). */
#ifndef CARRITO_COLLECTOR_RUT_H
#define CARRITO_COLLECTOR_RUT_H

#include <stdbool.h>

#define RUT_SIZE 11 /* "12345678-5" and NUL */

/* Reads it as a person types it: with or without dots between groups of three, any dash, blanks
 * around it and the whole, k or K. Without a dash only where it cannot be a number that lacks its
 * check digit: 123456785, 12.345.6785, 12345678K. False, and `rut` untouched, where it is none, the
 * check digit is wrong, or it could be read two ways; else it is written as 12345678-5. */
bool rut_from_person(const char *text, char rut[RUT_SIZE]);

#endif

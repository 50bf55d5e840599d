/* The Chilean id, RUT: a number and its check digit.
 *
 * The check digit is modulus 11: the digits from the right times 2, 3, 4, 5, 6, 7, 2, … are summed,
 * and 11 less the remainder is the digit, where 11 is written 0 and 10 is written K (Servicio de
 * Impuestos Internos). */
#ifndef CARRITO_COLLECTOR_RUT_H
#define CARRITO_COLLECTOR_RUT_H

#include <stdbool.h>

#define RUT_SIZE 11 /* "12345678-5" and NUL */

/* Reads it as a person types it: with or without dots between the digits and the dash, k or K,
 * blanks around it. False, and `rut` untouched, where it is none or the check digit is wrong; else
 * it is written as 12345678-5. */
bool rut_from_person(const char *text, char rut[RUT_SIZE]);

#endif

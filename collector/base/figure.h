/* Whole numbers as people write them: 1.234.567 in Chile, 1,234,567 in English. Pure. */
#ifndef CARRITO_COLLECTOR_FIGURE_H
#define CARRITO_COLLECTOR_FIGURE_H

#include "common/buffer.h"
#include "common/catalogue.h"

/* Appends the number, rounded to a whole one; beyond 2^53 it is 0. */
void figure_write(double value, enum lang lang, struct buffer *out);
/* The same as pesos: $1.500. */
void figure_write_pesos(double pesos, enum lang lang, struct buffer *out);

#endif

/* A list on its way out: as a table for people, as a JSON array or as CSV. */
#ifndef CARRITO_CTL_OUTPUT_H
#define CARRITO_CTL_OUTPUT_H

#include "ctl/table.h"

#include <stdio.h>

enum output_format { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_CSV };

struct output {
    enum output_format format;
    struct table table; /* columns, language and paint; the columns serve CSV too */
    FILE *file;         /* not owned */
    /* What follows is the output's own; zero at first. */
    size_t rows;
    struct buffer text;
};

/* Writes a page of rows (an array) at once; blocks as the file does. */
void output_page(struct output *output, const cJSON *rows);
/* Closes what is open (the JSON array, the CSV header of an empty list) and frees. False where the
 * file took not everything. */
bool output_end(struct output *output);
/* One object alone: lines "title  value", the JSON object, or a CSV header and a record. */
bool output_one(struct output *output, const cJSON *row);

/* Coloured where the file is a terminal and NO_COLOR (no-color.org) is not set. */
enum table_paint output_paint(FILE *file);
/* The places on a line of the terminal; 0 where the file is none. */
size_t output_room(FILE *file);

#endif

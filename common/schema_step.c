/* Judges a schema's number, and says why a file is left alone. */
#include "common/schema_step.h"

#include <stdio.h>

enum schema_verdict schema_judge(const struct schema_number *kept, int newest)
{
    if (kept->lowest > newest)
        return SCHEMA_REFUSED;
    return kept->number < newest ? SCHEMA_BEHIND : SCHEMA_CURRENT;
}

void schema_refusal(const struct schema_number *kept, int newest, const char *what,
                    char reason[SCHEMA_REASON_SIZE])
{
    snprintf(reason, SCHEMA_REASON_SIZE,
             "the %s is of a newer release: it has schema %d and needs a program that knows %d, "
             "this one knows %d; install the newer release again",
             what, kept->number, kept->lowest, newest);
}

void schema_stranger(const char *what, char reason[SCHEMA_REASON_SIZE])
{
    snprintf(reason, SCHEMA_REASON_SIZE,
             "the %s is of no release: it has no number, and its tables are not those of the "
             "first one",
             what);
}

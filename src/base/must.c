/* must.c — the last words of a process that found itself wrong. */
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>

void must_fail(const char *file, int line, const char *fact)
{
    fprintf(stderr, "%s:%d: this must be true and is not: %s\n", file, line, fact);
    abort();
}

/*
 * numbering.h — how the seats of a row are numbered: from 1 up, from 101 down, by twos, by letters.
 *
 * Thread   Any; pure.
 * Memory   None.
 */
#ifndef CATALOG_NUMBERING_H
#define CATALOG_NUMBERING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "limits.h"

struct numbering {
    int64_t first; /* a number, or where a letter stands: A is 0, Z 25, AA 26 */
    int64_t step;
    bool letters;
};

/* "7", "A", "AB"; false for anything else. The step is 1. */
bool numbering_read(struct text first, struct numbering *out_numbering);

/* False when a number of `count` seats is below 0 (or before A), or too long. */
bool numbering_fits(const struct numbering *numbering, int64_t count);

void numbering_write(const struct numbering *numbering, int64_t seat,
                     char out_words[LAYOUT_LABEL_BYTES_MAX]);

#endif

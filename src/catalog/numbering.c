/* numbering.c — letters are numbers without a zero: Z is followed by AA. */
#include "catalog/numbering.h"

#include <stdio.h>

enum { LETTERS = 26, LONGEST = 4 /* AAAA: more than any row needs */ };

static int64_t place_of_letters(struct text letters)
{
    int64_t place = 0;
    for (size_t i = 0; i < letters.size; i++) {
        if (letters.bytes[i] < 'A' || letters.bytes[i] > 'Z')
            return -1;
        place = place * LETTERS + (letters.bytes[i] - 'A' + 1);
    }
    return place - 1;
}

bool numbering_read(struct text first, struct numbering *out_numbering)
{
    *out_numbering = (struct numbering){.step = 1};
    if (text_to_int64(first, &out_numbering->first))
        return out_numbering->first >= 0 && out_numbering->first <= INT32_MAX;
    out_numbering->letters = true;
    out_numbering->first = first.size > LONGEST ? -1 : place_of_letters(first);
    return out_numbering->first >= 0;
}

bool numbering_fits(const struct numbering *numbering, int64_t count)
{
    int64_t last = numbering->first + (count - 1) * numbering->step;
    return last >= 0 && last <= INT32_MAX;
}

void numbering_write(const struct numbering *numbering, int64_t seat,
                     char out_words[LAYOUT_LABEL_BYTES_MAX])
{
    int64_t number = numbering->first + seat * numbering->step;
    if (!numbering->letters) {
        snprintf(out_words, LAYOUT_LABEL_BYTES_MAX, "%d", (int)number);
        return;
    }
    char backwards[LAYOUT_LABEL_BYTES_MAX];
    int size = 0;
    for (number++; number > 0; number = (number - 1) / LETTERS)
        backwards[size++] = (char)('A' + (number - 1) % LETTERS);
    for (int i = 0; i < size; i++)
        out_words[i] = backwards[size - 1 - i];
    out_words[size] = '\0';
}

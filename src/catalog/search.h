/*
 * search.h — what makes words findable: one plain form for everything that is written differently.
 *
 * Letters are small, full-width ones ordinary, accents gone; spaces, punctuation and invisible
 * characters are gone; Hangul is whole syllables, whichever way it was composed. Hangul is also
 * kept by its initial consonants: 아이유 is found by ㅇㅇㅇ. Bytes that are no UTF-8 are left out.
 *
 * Thread   Any; pure.
 * Memory   The buffer's or the arena's.
 */
#ifndef CATALOG_SEARCH_H
#define CATALOG_SEARCH_H

#include "base/buffer.h"
#include "limits.h"

/* Adds a line with the plain form of the name, and one with its initials where it has Hangul. */
void search_add(struct buffer *lines, struct text name);

struct search { /* patterns for LIKE; all of them must match. Those that are not needed are "%" */
    struct text patterns[SEARCH_WORDS_MAX];
};

/* Words are parted by spaces; what is beyond SEARCH_WORDS_MAX belongs to the last one. Words of
   which nothing is left match nothing; no words match everything. False when the arena is full. */
bool search_read(struct arena *arena, struct text words, struct search *out_search);

#endif

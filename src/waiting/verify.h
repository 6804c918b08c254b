/*
 * verify.h — holds a line's log against its promises, offline.
 *
 * Whoever has the file needs nothing else: not the server, not its word. Checked is that
 *
 *   1. no line was changed, removed, added or moved: the chain of hashes and the signed head;
 *   2. each draw follows from the seed that was committed to, and from the events before it;
 *   3. nobody was called while somebody with an earlier turn still waited, and nobody came in who
 *      was not called;
 *   4. sequence numbers are 1, 2, … in the order of joining, and time does not go back;
 *   5. a receipt, if there is one, is of a place in this log.
 *
 * Thread   Any; pure.
 * Memory   The line's: at most 32 bytes a place; the file is the caller's.
 * Trust    The bytes are foreign: whatever they are, the answer is a sentence.
 */
#ifndef WAITING_VERIFY_H
#define WAITING_VERIFY_H

#include "waiting/chain.h"

enum { VERIFY_WORDS_BYTES = 256 };

struct verify_report {
    bool good;
    size_t line_number; /* in the file, of what is wrong; 0: of the receipt, or the file's end */
    char words[VERIFY_WORDS_BYTES]; /* what is wrong; empty when good */

    struct option_id option;
    struct line_counts counts;
    uint32_t draw_count;
    /* With a receipt. */
    struct receipt receipt;
    bool has_place;
    struct place place;                 /* what became of it */
    int64_t joined_at_ms, called_at_ms; /* 0: not */
};

/* `receipt` may be empty. STATUS_NO_MEMORY; otherwise the report says it all. */
MUST_USE enum status verify_log(struct text file, struct text receipt,
                                struct verify_report *out_report);

#endif

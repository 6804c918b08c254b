/*
 * chain.h — the log of a line: one event a line of words, each bound to all before it.
 *
 *     TICKETRUSH-LINE 1 OPTION KEY C0 … C8        key and commitments in hexadecimal
 *     1 J 1 1763697600123 TAG DOOR HASH
 *     2 J 2 1763697600124 TAG DOOR HASH
 *     3 O 0 1763698200000 DOOR SEED HASH
 *     4 A 2 1763698200050 UNTIL HASH
 *     5 E 2 1763698201733 UNTIL HASH
 *     HEAD 5 HASH SIGNATURE
 *
 * An event's words are: number, kind (line.h), sequence, wall milliseconds, and by kind: the tag of
 * the receipt and the door (J); the door and its revealed seed (O); wall seconds (A, E, K). The
 * hash of an event is SHA-256(hash before it ‖ its words), that before the first one is
 * SHA-256(first line). A line shows the first 16 hexadecimal digits of the hash, which is enough to
 * point at the line that was changed; the head has all 64, and is signed.
 *
 * Thread   Any; pure.
 * Memory   The caller's.
 */
#ifndef WAITING_CHAIN_H
#define WAITING_CHAIN_H

#include "waiting/line.h"
#include "waiting/seals.h"
#include "waiting/shuffle.h"

enum {
    CHAIN_HASH_BYTES = 32,
    CHAIN_LINE_BYTES = 224,   /* an event with its hash, terminated */
    CHAIN_HEADER_BYTES = 800, /* ten hashes of 64 digits */
    CHAIN_SHORT_DIGITS = 16,
};

struct chain {
    int64_t number;
    unsigned char hash[CHAIN_HASH_BYTES];
};

struct chain_header {
    struct option_id option;
    unsigned char key[RECEIPT_KEY_BYTES];
    unsigned char commitments[WAITING_DOORS][SHUFFLE_HASH_BYTES];
};

struct chain_event {
    struct line_event event;                /* without fan, turn, before */
    unsigned char tag[RECEIPT_TAG_BYTES];   /* LINE_JOINED */
    unsigned char seed[SHUFFLE_SEED_BYTES]; /* LINE_OPENED */
};

/* Each returns the size of what it wrote, which is terminated. */
size_t chain_write_header(const struct chain_header *header, char out[CHAIN_HEADER_BYTES]);
size_t chain_write_event(const struct chain_event *chained, char out[CHAIN_LINE_BYTES]);
size_t chain_write_head(const struct chain *chain, char out[CHAIN_LINE_BYTES]); /* unsigned */

/* The hash of `words`' digits behind them: what a line of the log is. */
size_t chain_write_line(struct text words, const struct chain *after, char out[CHAIN_LINE_BYTES]);

void chain_begin(struct chain *chain, struct text header);
void chain_add(struct chain *chain, struct text words);

/* --- reading what comes from anywhere --------------------------------------------------------- */

bool chain_read_header(struct text line, struct chain_header *out_header);

/* *out_words is the part that is hashed, *out_hash the digits behind it. */
bool chain_read_event(struct text line, struct chain_event *out_event, struct text *out_words,
                      struct text *out_hash);
bool chain_read_head(struct text line, struct chain *out_chain,
                     unsigned char out_signature[SEAL_SIGNATURE_BYTES]);

/* The first digits of the hash, terminated. */
void chain_digits(const struct chain *chain, char out[CHAIN_SHORT_DIGITS + 1]);

#endif

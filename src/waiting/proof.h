/*
 * proof.h — what the store has of a line, as a proof for strangers.
 *
 * Thread   A worker's, with its reader.
 * Memory   The caller's arena.
 */
#ifndef WAITING_PROOF_H
#define WAITING_PROOF_H

#include "base/arena.h"
#include "base/buffer.h"
#include "waiting/chain.h"

struct store_connection;

struct proof_door {
    uint8_t door;
    bool is_open; /* `seed` counts */
    unsigned char seed[SHUFFLE_SEED_BYTES];
};

struct proof {
    struct chain_header header;
    struct chain head;
    unsigned char signature[SEAL_SIGNATURE_BYTES];
    struct proof_door doors[WAITING_DOORS];
};

/* STATUS_MISSING: there is no such line. */
MUST_USE enum status proof_read(struct store_connection *reader, const struct seals *seals,
                                struct option_id option, struct proof *out_proof);

/* All of it, page by page. */
MUST_USE enum status proof_write_all(struct store_connection *reader, const struct seals *seals,
                                     struct option_id option, struct arena *arena,
                                     struct buffer *out);

/* The page of the log behind event `after`, in the form of chain.h; the last one ends with HEAD. */
MUST_USE enum status proof_write_log(struct store_connection *reader, const struct seals *seals,
                                     struct option_id option, int64_t after, struct arena *arena,
                                     struct buffer *out);

#endif

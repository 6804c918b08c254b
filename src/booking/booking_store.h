/*
 * booking_store.h — the engine's SQL: reservations in, reservations out.
 *
 * Thread   The writer thread, inside a transaction.
 * Memory   None of its own.
 */
#ifndef BOOKING_BOOKING_STORE_H
#define BOOKING_BOOKING_STORE_H

#include "booking/sale.h"
#include "store/store.h"

struct booking_record { /* one new reservation */
    struct reservation_id id;
    struct fan_id fan;
    int64_t key_hash, request_hash, created_at_ms, expires_at_ms;
    bool key_is_new; /* that has been asked: nobody looks at what becomes of the insert */
    const struct plan *plan;
    const struct sale_choice *choice;
};

/* False in *out_new: this fan's key is there already, and nothing was written. */
MUST_USE enum status booking_store_insert(struct store_connection *connection,
                                          const struct booking_record *record, bool *out_new);

/* What the key has done: STATUS_MISSING when nothing. */
MUST_USE enum status booking_store_find_key(struct store_connection *connection, struct fan_id fan,
                                            int64_t key_hash, struct key_act *out_act);

/* A reservation that the engine does not have in memory; STATUS_MISSING. */
struct booking_past {
    struct option_id option;
    struct fan_id fan;
    enum reservation_state state;
    int64_t amount, expires_at_ms;
};
MUST_USE enum status booking_store_find(struct store_connection *connection,
                                        struct reservation_id id, struct booking_past *out_past);

/* The same, and nobody else changes it before this transaction ends. */
MUST_USE enum status booking_store_find_for_update(struct store_connection *connection,
                                                   struct reservation_id id,
                                                   struct booking_past *out_past);

/* Its seats; STATUS_INVALID when they are not of this plan. The amount is not touched. */
MUST_USE enum status booking_store_seats(struct store_connection *connection,
                                         struct reservation_id id, const struct plan *plan,
                                         struct sale_choice *out_choice);

/* STATUS_CONFLICT when the store thinks that the reservation is not in state `from`. */
MUST_USE enum status booking_store_move(struct store_connection *connection,
                                        struct reservation_id id, enum reservation_state from,
                                        enum reservation_state to, int64_t now_ms);

/*
 * Ends the holds that a server left behind when it went down and was away until their sale had
 * been closed for a day: no engine loads such a sale, so nobody else would. Looks at the latest
 * BOOKING_SWEPT_MAX reservations, since a hold lasts an hour at most and is among the latest when
 * a server goes down.
 */
MUST_USE enum status booking_store_sweep(struct store_connection *connection, int64_t next_id,
                                         int64_t now_ms, int64_t *out_count);

/* 1 above every id there is. */
MUST_USE enum status booking_store_next_id(struct store_connection *connection, int64_t *out_id);

/*
 * The terms of every sale that can still be pressed or has closed within a day, at most `most`;
 * and of the sales that ended earlier, where another date of their concert counts their seats too.
 */
struct booking_sale_row {
    struct option_id option;
    int64_t concert, layout_version;
    struct sale_terms terms;
};
MUST_USE enum status booking_store_sales(struct store_connection *connection, int64_t now_ms,
                                         struct booking_sale_row *out_rows, size_t most,
                                         size_t *out_count);

/* Puts the live reservations of the sale's seats into the sale, which must know of no other. */
MUST_USE enum status booking_store_load(struct store_connection *connection, struct sale *sale,
                                        int64_t now_ms);

/* Tells `remember` the latest keys, oldest first. */
struct booking_key_row {
    struct option_id option;
    struct fan_id fan;
    int64_t key_hash;
    struct key_act act;
};
struct booking_key_reader {
    void (*remember)(struct booking_key_reader *reader, const struct booking_key_row *row);
};
MUST_USE enum status booking_store_keys(struct store_connection *connection, int64_t now_ms,
                                        struct booking_key_reader *reader);

/* The same for the keys of one turn: what those among them did that have acted before. */
struct booking_key_question {
    size_t key_count;
    size_t fans_size, hashes_size;
    char fans[BOOKING_TURN_MAX * 20]; /* whole numbers with commas between them */
    char hashes[BOOKING_TURN_MAX * 20];
};
void booking_key_question_add(struct booking_key_question *question, struct fan_id fan,
                              int64_t key_hash);
MUST_USE enum status booking_store_known_keys(struct store_connection *connection,
                                              const struct booking_key_question *question,
                                              struct booking_key_reader *reader);

#endif

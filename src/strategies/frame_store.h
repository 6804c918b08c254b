/*
 * frame_store.h — the SQL of a frame: what it asks of the rows, and what it holds on to.
 *
 * Thread   Whoever uses the connection.
 * Memory   None of its own.
 */
#ifndef STRATEGIES_FRAME_STORE_H
#define STRATEGIES_FRAME_STORE_H

#include "strategies/frame.h"

/* Until the transaction ends: the sale keeps its strategy and layout, and nobody else books for
   this fan. With SQLite a transaction has all of that anyway. */
MUST_USE enum status frame_store_enter(const struct frame *frame,
                                       struct store_connection *connection);

/* STATUS_MISSING when there is no such sale. */
MUST_USE enum status frame_store_read_terms(struct frame *frame,
                                            struct store_connection *connection);

/* STATUS_MISSING when a seat of the choice has no row. */
MUST_USE enum status frame_store_read_seats(struct frame *frame,
                                            struct store_connection *connection);

/* Locks the rows of the chosen seats, in the order of their ids, until the transaction ends. */
MUST_USE enum status frame_store_lock_seats(const struct frame *frame,
                                            struct store_connection *connection);

/* Raises the version of each seat of the choice from what was read. False in *out_same: somebody
   else did meanwhile. */
MUST_USE enum status frame_store_raise_versions(const struct frame *frame,
                                                struct store_connection *connection,
                                                bool *out_same);

/* Leaves the fence of the lock on each seat of the choice. False in *out_newest: as high a one was
   there before, so somebody else has had the lock since. */
MUST_USE enum status frame_store_fence(const struct frame *frame, int64_t token,
                                       struct store_connection *connection, bool *out_newest);

/* The highest fence on the seats of the choice. */
MUST_USE enum status frame_store_highest_fence(const struct frame *frame,
                                               struct store_connection *connection,
                                               int64_t *out_fence);

#endif

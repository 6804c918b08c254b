/*
 * waiting_store.h — the lines in SQL: a row a room, a row an event.
 *
 * Thread   Reading: the connection's. Writing: inside a store_job.
 * Memory   The caller's.
 */
#ifndef WAITING_WAITING_STORE_H
#define WAITING_WAITING_STORE_H

#include "store/store.h"
#include "waiting/room.h"

/* Makes the row where there is none; one that is there stays as it is. */
MUST_USE enum status waiting_store_add_room(struct store_connection *connection,
                                            const struct room_row *row, int64_t now_ms);
/* STATUS_MISSING: no such room. */
MUST_USE enum status waiting_store_find_room(struct store_connection *connection,
                                             struct option_id option, struct room_row *out_row);
MUST_USE enum status waiting_store_put_terms(struct store_connection *connection,
                                             struct option_id option,
                                             const struct admission_terms *terms);

/* STATUS_CONFLICT: this number is there already; another node leads. */
MUST_USE enum status waiting_store_add_event(struct store_connection *connection,
                                             const struct room_entry *entry);

struct waiting_store_event {
    struct chain_event chained; /* without the seed */
    unsigned char hash[CHAIN_HASH_BYTES];
};

/* Events after `after`, in order; those of one place only unless `sequence` is 0. */
MUST_USE enum status waiting_store_events(struct store_connection *connection,
                                          struct option_id option, int64_t after, uint32_t sequence,
                                          struct waiting_store_event *out_events, size_t most,
                                          size_t *out_count);

/* The last event's number and hash; number 0 when there is none. */
MUST_USE enum status waiting_store_head(struct store_connection *connection,
                                        struct option_id option, struct chain *out_chain);

/* The presale's doors, 1 …; the public one is the sale's own. */
MUST_USE enum status waiting_store_doors(struct store_connection *connection,
                                         struct option_id option,
                                         struct room_door out_doors[WAITING_DOORS]);

/* The first door that has not closed and that the fan may use; 0: everybody's. */
MUST_USE enum status waiting_store_door_of(struct store_connection *connection,
                                           struct option_id option, struct fan_id fan,
                                           int64_t now_ms, uint8_t *out_door);

#endif

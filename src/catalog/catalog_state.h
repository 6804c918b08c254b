/*
 * catalog_state.h — the catalog's version as the store has it, and who is told when it rises.
 *
 * Every change of the catalog raises it in the transaction of the change, whoever makes it
 * (triggers of the store). What was read under a version is right under it for ever, on every node.
 *
 * Thread   Reading: the thread of the reader.
 * Memory   None.
 */
#ifndef CATALOG_CATALOG_STATE_H
#define CATALOG_CATALOG_STATE_H

#include "base/status.h"

#include <stdint.h>

struct store_connection;

struct catalog_state {
    int64_t version;  /* 1 … ID_MAX; never the same for two contents */
    int64_t identity; /* of the database */
};

MUST_USE enum status catalog_state_read(struct store_connection *reader,
                                        struct catalog_state *out_state);

#endif

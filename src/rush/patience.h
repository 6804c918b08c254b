/*
 * patience.h — how long to wait before trying again, so that a crowd does not come back all at
 * once.
 *
 * Thread   Pure functions; any thread.
 * Memory   None.
 */
#ifndef RUSH_PATIENCE_H
#define RUSH_PATIENCE_H

#include <stdint.h>

#include "base/random.h"

/* Before connecting again after so many failures in a row: doubling up to a bound, jittered. */
int64_t patience_connect_us(uint32_t failure_count, struct random *random);

/* Before sending again what was turned away (429, 503): never earlier than asked for. */
int64_t patience_turned_away_us(int64_t retry_after_seconds, struct random *random);

#endif

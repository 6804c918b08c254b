/*
 * pick.h — the best neighbours that a board shows, for those who do not know the seats by heart.
 *
 * A board is news: what it shows as available may be gone. Whoever is refused says so in `avoid`
 * and picks again.
 *
 * Thread   Any; `avoid` is the caller's.
 * Memory   None.
 */
#ifndef STRATEGIES_PICK_H
#define STRATEGIES_PICK_H

#include "base/table.h"
#include "booking/sale.h"

/* Seats in ascending order, from the dearest section and the foremost row that has them; `section`
   is an index, or -1 for any. `avoid` holds hash_id() of seat indexes. False: there are none. */
bool pick_best(const struct board *board, const struct table *avoid, uint32_t count,
               int64_t section, struct sale_choice *out_choice);

#endif

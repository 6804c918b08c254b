/*
 * rush.h — plays an opening night over HTTP: many fans, few connections, one clock.
 *
 * Thread   rush_play() owns the calling thread until the night is over.
 * Memory   About 1 kB a fan, half of it their token; everything is taken by rush_create().
 * Promise  A request is sent again, the same bytes under the same key, until it has a final
 *          answer or the time is up: a server that is gone for seconds loses nobody.
 * Failure  What the server does wrong is told in `faults`, never by stopping.
 */
#ifndef RUSH_RUSH_H
#define RUSH_RUSH_H

#include "account/tokens.h"
#include "base/ids.h"
#include "rush/acks.h"
#include "rush/client.h"
#include "rush/faults.h"
#include "rush/night.h"
#include "rush/progress.h"
#include "rush/score.h"

struct rush;

enum rush_end {
    RUSH_SOLD_OUT,          /* every seat is paid */
    RUSH_NOBODY_WANTS_MORE, /* every fan is served or gone, and seats are left */
    RUSH_OUT_OF_TIME,
    RUSH_NEVER_OPENED, /* the server did not show the sale within RUSH_OPENING_MS_MAX */
    RUSH_INTERRUPTED,
};

struct rush_settings { /* borrowed for the life of the rush */
    const struct night *night;
    const struct tokens *tokens;
    struct option_id option;
    int64_t first_seat_id;
    uint32_t seat_count;
    struct acks *acks;
    struct faults *faults;
    FILE *progress_file; /* NULL: nothing is shown */
    bool terminal;
};

struct rush_result {
    enum rush_end end;
    int64_t duration_ms;
    int64_t own_cpu_us;  /* what the player itself has used */
    uint32_t sold, held; /* as the server showed the seats last */
    uint32_t fans_served, fans_left, fans_unfinished;
    struct client_counts connections;
};

MUST_USE enum status rush_create(const struct rush_settings *settings, struct rush **out_rush);
void rush_destroy(struct rush *rush); /* NULL is welcome */

void rush_play(struct rush *rush, struct rush_result *out_result);
const struct score *rush_score(const struct rush *rush);

const char *rush_end_words(enum rush_end end);

#endif

/*
 * summary.h — what is said of a night when it is over: for people, and as JSON.
 *
 * Thread   One thread at a time; writes files.
 * Memory   Borrows everything it tells; the JSON takes an arena of its own and gives it back.
 */
#ifndef RUSH_SUMMARY_H
#define RUSH_SUMMARY_H

#include <stdbool.h>
#include <stdio.h>

#include "base/status.h"
#include "rush/check.h"
#include "rush/rush.h"

struct summary {
    const struct night *night;
    struct option_id option;
    const struct rush_result *result;
    const struct score *score;
    const struct faults *faults;
    const struct check_counts *check;
    bool audit_clean;
};

/* All is as it must be: nothing lost or wrong, a clean audit, a night that came to its end. */
bool summary_good(const struct summary *summary);

void summary_print(const struct summary *summary, FILE *file);

/* STATUS_IO: the file cannot be written. */
MUST_USE enum status summary_write_json(const struct summary *summary, const char *path);

#endif

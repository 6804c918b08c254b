/*
 * audit.h — reads a whole database and says which promises it keeps.
 *
 * Thread   The caller's; it blocks for seconds on a large database. Beside a running server it
 *          delays nobody, but the store's log grows until it is done.
 * Memory   A report is a plain struct of the caller's.
 * Time     now_ms is wall time; it only decides which holds are called overdue.
 * Promise  Everything is read in one snapshot, so a live database is judged at one moment. Nothing
 *          is written and nothing is believed: an index or a constraint that should make a
 *          violation impossible is not taken as proof that there is none.
 * Limits   AUDIT_EXAMPLES_MAX offenders are named for each rule; all are counted.
 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "limits.h"
#include "store/store.h"

enum { AUDIT_PROMISE_COUNT = 9, AUDIT_WHY_BYTES = 200 };

enum audit_verdict {
    AUDIT_PASS,
    AUDIT_FAIL,
    AUDIT_NOT_APPLICABLE, /* nothing in this database could break it */
};

/* One way of breaking a promise, and who did. */
struct audit_finding {
    const char *rule;  /* "a reservation without seats" */
    const char *about; /* what the ids are ids of: "seat" */
    int promise;
    int64_t violation_count;
    int64_t example[AUDIT_EXAMPLES_MAX]; /* the first ids, violation_count of them at most */
    char why[AUDIT_WHY_BYTES];           /* not empty: the rule could not be checked, and why */
};

struct audit_promise {
    int number; /* as in the design; 0: the database file itself */
    const char *words;
    const char *checked; /* what was counted: "seats" */
    enum audit_verdict verdict;
    int64_t checked_count;
    int64_t violation_count;
};

struct audit_report {
    bool clean; /* no promise is broken */
    struct audit_promise promise[AUDIT_PROMISE_COUNT];
    struct audit_finding finding[AUDIT_RULES_MAX];
    int finding_count;
    int64_t overdue_hold_count; /* legal while the server is down: it ends them when it starts */
};

/* A status other than OK only when the reader could not even begin; words in store_why(). */
MUST_USE enum status audit_run(struct store_connection *reader, int64_t now_ms,
                               struct audit_report *out_report);

/* A line for each promise, and one for each rule that was broken. */
void audit_print(const struct audit_report *report, FILE *file);

#endif

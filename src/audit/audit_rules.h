/*
 * audit_rules.h — the promises and every way of breaking them, as tables.
 *
 * Thread   Constants.
 * Memory   The binary's.
 */
#ifndef AUDIT_AUDIT_RULES_H
#define AUDIT_AUDIT_RULES_H

#include <stdint.h>

#include "store/store.h"

/* Each row of the query is one violation; its first column is the id of the offender. */
struct audit_rule {
    int promise;
    const char *words;
    const char *about;
    struct sql offenders;
    int64_t limit; /* $1 of the query; 0: the query has none */
};

struct audit_promise_words {
    int number;
    const char *words;
    const char *checked;
    struct sql count; /* how much there is to check; words NULL: the promise does not apply */
};

extern const struct audit_rule audit_rules[];
extern const int audit_rule_count;
extern const struct audit_promise_words audit_promises[];

#endif

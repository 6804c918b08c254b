/*
 * audit.c — asks every rule, in one snapshot, and sums the answers up by promise.
 *
 * A rule that cannot be asked (a damaged page, a missing table) counts as broken and says why: an
 * audit that could not look must not pass. The audit goes on with the next rule, so that a damaged
 * database still tells as much as it can.
 *
 * The sum over the whole house — confirmed seats × prices = captured − refunded — is a rule
 * of its own here, because its answer is a difference and not the id of somebody. Two kinds of
 * money stand between the seats and the ledger: what was given back of seats that stay sold, and
 * what came too late for its seats and is on its way back.
 */
#include "audit/audit.h"

#include <assert.h>

#include "audit/audit_rules.h"
#include "base/must.h"

static struct audit_promise *promise_of(struct audit_report *report, int number)
{
    for (int i = 0; i < AUDIT_PROMISE_COUNT; i++)
        if (report->promise[i].number == number)
            return &report->promise[i];
    must(!"a rule of a promise that is not in the table");
    return NULL;
}

static struct audit_finding *add_finding(struct audit_report *report, int promise, const char *rule,
                                         const char *about)
{
    must(report->finding_count < AUDIT_RULES_MAX);
    struct audit_finding *finding = &report->finding[report->finding_count++];
    *finding = (struct audit_finding){.rule = rule, .about = about, .promise = promise};
    return finding;
}

static void add_violation(struct audit_finding *finding, int64_t id)
{
    if (finding->violation_count < AUDIT_EXAMPLES_MAX)
        finding->example[finding->violation_count] = id;
    finding->violation_count++;
}

static void could_not_check(struct audit_finding *finding, const char *why)
{
    finding->violation_count++;
    snprintf(finding->why, sizeof finding->why, "%s", why[0] != '\0' ? why : "no reason given");
}

/* --- rules ------------------------------------------------------------------------------------ */

static void check_rule(struct store_connection *reader, const struct audit_rule *rule,
                       struct audit_finding *finding)
{
    struct sql_value limit = sql_int(rule->limit);
    struct rows rows;
    if (store_query(reader, &rule->offenders, &limit, rule->limit != 0, &rows) != STATUS_OK) {
        could_not_check(finding, store_why(reader));
        return;
    }
    while (rows_next(&rows))
        add_violation(finding, rows_int(&rows, 0));
    if (rows_end(&rows) != STATUS_OK) {
        finding->violation_count = 0; /* half a count says nothing */
        could_not_check(finding, store_why(reader));
    }
}

static void check_whole_house(struct store_connection *reader, struct audit_finding *finding)
{
    static const struct sql sold = {
        "SELECT (SELECT coalesce(sum(s.price), 0) FROM reservation r JOIN reservation_seat s"
        " ON s.reservation_id = r.id WHERE r.state = 'CONFIRMED' AND s.live IN (1, 2))"
        " + (SELECT coalesce(sum(f.amount), 0) FROM refund f JOIN payment p ON p.id = f.payment_id"
        " JOIN reservation r ON r.id = p.reservation_id"
        " WHERE f.state = 'REQUESTED' AND r.state <> 'CONFIRMED')"
        " - (SELECT coalesce(sum(f.amount), 0) FROM refund f JOIN payment p ON p.id = f.payment_id"
        " WHERE f.state = 'DONE' AND p.state = 'CAPTURED')"};
    static const struct sql earned = {
        "SELECT coalesce(sum(amount), 0) FROM ledger_entry WHERE account IN ('GATEWAY', 'FEES')"};
    int64_t sold_won = 0, earned_won = 0;
    if (store_query_int(reader, &sold, NULL, 0, &sold_won) != STATUS_OK ||
        store_query_int(reader, &earned, NULL, 0, &earned_won) != STATUS_OK)
        could_not_check(finding, store_why(reader));
    else if (sold_won != earned_won)
        add_violation(finding, sold_won - earned_won);
}

static void check_file(struct store_connection *reader, struct audit_finding *finding)
{
    bool sound = false;
    if (store_check(reader, &sound) != STATUS_OK || !sound)
        could_not_check(finding, store_why(reader));
}

static void count_overdue(struct store_connection *reader, int64_t now_ms,
                          struct audit_report *report)
{
    static const struct sql count = {
        "SELECT count(*) FROM reservation WHERE state = 'HOLD' AND expires_at_ms < $1"};
    struct sql_value before = sql_int(now_ms - AUDIT_HOLD_GRACE_MS);
    if (store_query_int(reader, &count, &before, 1, &report->overdue_hold_count) != STATUS_OK)
        report->overdue_hold_count = 0; /* a note; the rules have said what is wrong */
}

/* --- promises --------------------------------------------------------------------------------- */

static void begin_promises(struct store_connection *reader, struct audit_report *report)
{
    for (int i = 0; i < AUDIT_PROMISE_COUNT; i++) {
        const struct audit_promise_words *words = &audit_promises[i];
        struct audit_promise *promise = &report->promise[i];
        *promise = (struct audit_promise){
            .number = words->number, .words = words->words, .checked = words->checked};
        if (!words->count.words)
            promise->verdict = AUDIT_NOT_APPLICABLE;
        else if (store_query_int(reader, &words->count, NULL, 0, &promise->checked_count) !=
                 STATUS_OK)
            promise->checked_count = 0; /* its rules will say why */
    }
}

static void sum_up(struct audit_report *report)
{
    report->clean = true;
    for (int i = 0; i < report->finding_count; i++) {
        const struct audit_finding *finding = &report->finding[i];
        if (finding->violation_count == 0)
            continue;
        struct audit_promise *promise = promise_of(report, finding->promise);
        promise->violation_count += finding->violation_count;
        promise->verdict = AUDIT_FAIL;
        report->clean = false;
    }
}

enum status audit_run(struct store_connection *reader, int64_t now_ms,
                      struct audit_report *out_report)
{
    must(audit_rule_count + 2 <= AUDIT_RULES_MAX);
    *out_report = (struct audit_report){0};
    enum status status = store_snapshot_begin(reader);
    if (status != STATUS_OK)
        return status;

    begin_promises(reader, out_report);
    for (int i = 0; i < audit_rule_count; i++) {
        const struct audit_rule *rule = &audit_rules[i];
        check_rule(reader, rule, add_finding(out_report, rule->promise, rule->words, rule->about));
    }
    check_whole_house(reader, add_finding(out_report, 3,
                                          "confirmed seats × prices is not captured − refunded",
                                          "won of difference"));
    check_file(reader, add_finding(out_report, 0, "the file is damaged", "file"));
    count_overdue(reader, now_ms, out_report);

    store_snapshot_end(reader);
    sum_up(out_report);
    return STATUS_OK;
}

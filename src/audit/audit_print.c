/* audit_print.c — the report for people: a line a promise, a line for each rule that was broken. */
#include <inttypes.h>

#include "audit/audit.h"

enum { NUMBER_BYTES = 32 };

/* 1234567 is "1,234,567". */
static const char *write_number(int64_t number, char out[NUMBER_BYTES])
{
    char digits[NUMBER_BYTES];
    int digit_count = snprintf(digits, sizeof digits, "%" PRId64, number);
    int at = 0;
    for (int i = 0; i < digit_count; i++) {
        int left = digit_count - i;
        if (i > 0 && left % 3 == 0 && digits[i - 1] != '-')
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

static void print_finding(const struct audit_finding *finding, FILE *file)
{
    char number[NUMBER_BYTES];
    if (finding->why[0] != '\0') {
        fprintf(file, "        %s: %s\n", finding->rule, finding->why);
        return;
    }
    fprintf(file, "        %s × %s: %s", write_number(finding->violation_count, number),
            finding->rule, finding->about);
    for (int i = 0; i < AUDIT_EXAMPLES_MAX && i < finding->violation_count; i++)
        fprintf(file, "%s %" PRId64, i > 0 ? "," : "", finding->example[i]);
    fprintf(file, "%s\n", finding->violation_count > AUDIT_EXAMPLES_MAX ? ", …" : "");
}

static void print_promise(const struct audit_promise *promise, FILE *file)
{
    char checked[NUMBER_BYTES], violations[NUMBER_BYTES];
    char label[4] = "-";
    if (promise->number > 0)
        snprintf(label, sizeof label, "%d", promise->number % 100);
    if (promise->verdict == AUDIT_NOT_APPLICABLE) {
        fprintf(file, "N/A   %s  %-46s %s\n", label, promise->words, promise->checked);
        return;
    }
    fprintf(file, "%s  %s  %-46s %s %s checked, %s violation%s\n",
            promise->verdict == AUDIT_PASS ? "PASS" : "FAIL", label, promise->words,
            write_number(promise->checked_count, checked), promise->checked,
            write_number(promise->violation_count, violations),
            promise->violation_count == 1 ? "" : "s");
}

void audit_print(const struct audit_report *report, FILE *file)
{
    for (int i = 0; i < AUDIT_PROMISE_COUNT; i++) {
        const struct audit_promise *promise = &report->promise[i];
        print_promise(promise, file);
        for (int k = 0; k < report->finding_count; k++)
            if (report->finding[k].promise == promise->number &&
                report->finding[k].violation_count > 0)
                print_finding(&report->finding[k], file);
    }
    char number[NUMBER_BYTES];
    if (report->overdue_hold_count > 0)
        fprintf(file, "note  %s holds are past their time; a server ends them when it runs\n",
                write_number(report->overdue_hold_count, number));
    fprintf(file, "%s\n",
            report->clean ? "clean: every promise is kept" : "NOT clean: a promise is broken");
}

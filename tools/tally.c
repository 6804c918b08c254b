/*
 * tally.c — how many tests a runner ran, as one line: PASSED FAILED SKIPPED.
 *
 *     tally meson STATUS meson-logs/testlog.json   the cmocka tests inside every program meson ran
 *     tally node  STATUS LOG                       the summary of node --test
 *     tally one   STATUS LOG                       the step itself is the test; status 77 is a skip
 *
 * STATUS is the runner's exit status. A runner that failed without a failed test (it did not build,
 * it crashed, it leaked), or that found no test at all, counts as one failed test, so that no
 * failure can hide behind zeros.
 *
 * meson writes one JSON object a line. Quotes inside its texts are escaped, so a key is found by
 * its quoted name; that is all the JSON this needs.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATUS_SKIPPED = 77 };

struct tally {
    long passed;
    long failed;
    long skipped;
};

static long occurrences(const char *text, const char *word)
{
    long count = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += strlen(word))
        count++;
    return count;
}

/* The sum of the numbers that follow each occurrence of `word`. */
static long numbers_after(const char *text, const char *word)
{
    long sum = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += strlen(word)) {
        char *end;
        long number = strtol(at + strlen(word), &end, 10);
        if (strncmp(end, " test(s)", 8) == 0)
            sum += number;
    }
    return sum;
}

static bool result_is(const char *line, const char *result)
{
    const char *at = strstr(line, "\"result\": \"");
    return at && strncmp(at + 11, result, strlen(result)) == 0;
}

/* One program. cmocka names a test when it starts and again when it is well: one that crashed is
 * not. */
static void add_program(struct tally *tally, const char *line)
{
    long ran = occurrences(line, "[ RUN      ]");
    long passed = occurrences(line, "[       OK ]");
    long skipped = numbers_after(line, "[  SKIPPED ] ");
    long failed = ran - passed - skipped;
    bool well = result_is(line, "OK") || result_is(line, "SKIP");

    if (ran == 0) {
        passed = result_is(line, "OK");
        skipped = result_is(line, "SKIP");
    }
    if (failed <= 0 && !well)
        failed = 1;
    tally->passed += passed;
    tally->skipped += skipped;
    tally->failed += failed;
}

static void add_node(struct tally *tally, const char *line)
{
    static const char *const marks[] = {"# ", "\xe2\x84\xb9 "}; /* TAP, or an "information" sign */
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (strncmp(line, marks[i], strlen(marks[i])) != 0)
            continue;
        const char *words = line + strlen(marks[i]);
        if (strncmp(words, "pass ", 5) == 0)
            tally->passed += strtol(words + 5, NULL, 10);
        if (strncmp(words, "fail ", 5) == 0)
            tally->failed += strtol(words + 5, NULL, 10);
        if (strncmp(words, "skipped ", 8) == 0)
            tally->skipped += strtol(words + 8, NULL, 10);
    }
}

static void add_file(struct tally *tally, const char *path,
                     void (*add)(struct tally *tally, const char *line))
{
    char *line = NULL;
    size_t line_bytes = 0;
    FILE *file = fopen(path, "r");

    while (file && getline(&line, &line_bytes, file) > 0)
        add(tally, line);
    free(line);
    if (file)
        fclose(file);
}

int main(int count, char **words)
{
    struct tally tally = {0};
    if (count != 4) {
        fputs("usage: tally meson|node|one STATUS FILE\n", stderr);
        return 2;
    }
    long status = strtol(words[2], NULL, 10);
    if (strcmp(words[1], "meson") == 0)
        add_file(&tally, words[3], add_program);
    else if (strcmp(words[1], "node") == 0)
        add_file(&tally, words[3], add_node);
    else if (status == 0)
        tally.passed = 1;
    else if (status == STATUS_SKIPPED)
        tally.skipped = 1;

    bool nothing = tally.passed + tally.failed + tally.skipped == 0;
    bool silent = status != 0 && status != STATUS_SKIPPED && tally.failed == 0;
    if (nothing || silent)
        tally.failed = 1;
    printf("%ld %ld %ld\n", tally.passed, tally.failed, tally.skipped);
    return 0;
}

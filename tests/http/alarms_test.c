/*
 * alarms_test.c — an alarm that names a metric nobody tells never rings, and one whose page has
 * gone helps nobody: every rule in deploy/prometheus is held against the running server and the
 * runbooks.
 */
#include <ctype.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/server_process.h"

enum { PATH_BYTES = 512, NAME_BYTES = 128, FILE_BYTES_MAX = 256 * 1024 };

struct page { /* a file of the sources, read whole */
    char bytes[FILE_BYTES_MAX];
};

static struct page *read_page(const char *path)
{
    struct page *page = calloc(1, sizeof *page);
    FILE *file = fopen(path, "re");
    if (!page || !file)
        fail_msg("%s cannot be read", path);
    size_t size = fread(page->bytes, 1, sizeof page->bytes, file);
    assert_true(size < sizeof page->bytes);
    fclose(file);
    return page;
}

static const char *sources(void)
{
    const char *folder = getenv("TICKETRUSH_SOURCES");
    return folder ? folder : ".";
}

/* --- metrics ---------------------------------------------------------------------------------- */

static void expect_metric(const struct http_reply *metrics, const char *name, size_t size)
{
    char words[NAME_BYTES];
    snprintf(words, sizeof words, "# TYPE %.*s ", (int)size, name);
    if (!memmem(metrics->body.bytes, metrics->body.size, words, strlen(words)))
        fail_msg("no metric %.*s", (int)size, name);
}

/* Every ticketrush_… of the rules' expressions; returns how many. */
static int expect_metrics(const struct page *rules, const struct http_reply *metrics)
{
    int count = 0;
    for (const char *at = rules->bytes; (at = strstr(at, "expr:")) != NULL; at++) {
        const char *end = at + strcspn(at, "\n");
        for (const char *name = at; (name = strstr(name, "ticketrush_")) && name < end; count++) {
            size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz_");
            expect_metric(metrics, name, size);
            name += size;
        }
    }
    return count;
}

/* --- runbooks --------------------------------------------------------------------------------- */

/* "## Payments stay unknown" answers to "payments-stay-unknown". */
static bool is_heading_of(const char *line, const char *anchor, size_t anchor_size)
{
    line += strspn(line, "# ");
    for (size_t i = 0; i < anchor_size; i++) {
        char letter = line[i] == ' ' ? '-' : (char)tolower((unsigned char)line[i]);
        if (letter != anchor[i])
            return false;
    }
    return line[anchor_size] == '\n';
}

static bool has_heading(const struct page *runbook, const char *anchor, size_t anchor_size)
{
    for (const char *line = runbook->bytes; line; line = strstr(line + 1, "\n#"))
        if (is_heading_of(line + (*line == '\n'), anchor, anchor_size))
            return true;
    return false;
}

static void expect_runbooks(const struct page *rules)
{
    for (const char *at = rules->bytes; (at = strstr(at, "runbook: ")) != NULL; at++) {
        char path[PATH_BYTES];
        const char *name = at + strlen("runbook: ");
        const char *anchor = name + strcspn(name, "#\n");
        assert_int_equal(*anchor, '#');
        snprintf(path, sizeof path, "%s/%.*s", sources(), (int)(anchor - name), name);
        struct page *runbook = read_page(path);
        anchor++;
        if (!has_heading(runbook, anchor, strcspn(anchor, "\n")))
            fail_msg("%s has no heading for #%.*s", path, (int)strcspn(anchor, "\n"), anchor);
        free(runbook);
    }
}

/* --- stories ---------------------------------------------------------------------------------- */

static void every_alarm_names_what_the_server_tells_and_a_page_that_is_there(void **state)
{
    (void)state;
    static const char open_gateway[] =
        "ticketrush_breaker_state{breaker=\"gateway\",state=\"open\"} 0\n";
    char pattern[PATH_BYTES];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/deploy/prometheus/*.rules.yml", sources());
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    static const char *const paid[] = {"TICKETRUSH_GATEWAY=toss",
                                       "TICKETRUSH_GATEWAY_SECRET=nobody is asked", NULL};
    struct server_process *server =
        server_process_start(&(struct server_process_settings){.environment = paid});
    struct http_client *client = server_process_connect(server);
    struct http_reply metrics = http_client_ask(client, &(struct http_ask){.path = "/metrics"});
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct page *rules = read_page(found.gl_pathv[i]);
        assert_true(expect_metrics(rules, &metrics) > 0);
        expect_runbooks(rules);
        free(rules);
    }
    assert_non_null(
        memmem(metrics.body.bytes, metrics.body.size, open_gateway, strlen(open_gateway)));
    globfree(&found);
    http_client_close(client);
    server_process_destroy(server);
}

int main(void)
{
    const struct CMUnitTest stories[] = {
        cmocka_unit_test(every_alarm_names_what_the_server_tells_and_a_page_that_is_there),
    };
    return cmocka_run_group_tests_name("alarms", stories, NULL, NULL);
}

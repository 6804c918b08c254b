/* config_test.c — four sources, one winner, and clear words for everything that cannot be meant. */
#include "config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/settings.h"
#include "limits.h"

static struct config *make(void)
{
    struct config *config = config_create();
    assert_non_null(config);
    return config;
}

/* Loads with an environment and assignments, both ended by NULL. */
static enum status load(struct config *config, const char *file, const char **environment,
                        const char **assignments, struct config_fault *out_fault)
{
    static const char *nothing[] = {NULL};
    size_t count = 0;
    while (assignments && assignments[count])
        count++;
    struct config_sources sources = {
        .environment = (char *const *)(uintptr_t)(environment ? environment : nothing),
        .file = file,
        .assignments = assignments,
        .assignment_count = count,
        .web_beside = ""};
    return config_load(config, &sources, out_fault);
}

static void write_file(char path[], const char *words)
{
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, words, strlen(words)), strlen(words));
    close(descriptor);
}

static void assert_says(const struct config_fault *fault, const char *words)
{
    if (!strstr(fault->words, words))
        fail_msg("`%s` is not in `%s`", words, fault->words);
}

static void assert_refused(const char *line, const char *words)
{
    struct config *config = make();
    struct config_fault fault = {""};
    assert_int_equal(config_read(config, text_of(line), "the.conf", &fault), STATUS_INVALID);
    assert_says(&fault, words);
    config_destroy(config);
}

/* --- stories ---------------------------------------------------------------------------------- */

static void every_default_is_a_value_that_would_be_accepted(void **state)
{
    (void)state;
    struct config *config = make();
    for (int i = 0; i < SETTING_COUNT; i++) {
        int64_t number;
        assert_non_null(settings[i].name);
        assert_non_null(settings[i].help);
        const char *words = config_text(config, (enum setting)i);
        assert_true(settings_accept(&settings[i], text_of(words), &number));
    }
    assert_int_equal(config_int(config, SETTING_WORKERS), WORKERS_DEFAULT);
    assert_false(config_switch(config, SETTING_LAB));
    assert_true(config_int(config, SETTING_IO_THREADS) >= 1);
    config_destroy(config);
}

static void a_file_has_names_values_comments_and_blank_lines(void **state)
{
    (void)state;
    struct config *config = make();
    struct config_fault fault;
    const char *lines = "# the opening night\r\n\n  workers = 8 \r\nLAB=on\ndata = /srv/a = b\n"
                        "drain_ms=2500";
    assert_int_equal(config_read(config, text_of(lines), "the.conf", &fault), STATUS_OK);
    assert_int_equal(config_int(config, SETTING_WORKERS), 8);
    assert_true(config_switch(config, SETTING_LAB));
    assert_string_equal(config_text(config, SETTING_DATA), "/srv/a = b");
    assert_int_equal(config_int(config, SETTING_DRAIN_MS), 2500);
    config_destroy(config);
}

static void the_command_line_beats_the_environment_and_the_environment_the_file(void **state)
{
    (void)state;
    struct config *config = make();
    struct config_fault fault;
    char path[] = P_tmpdir "/ticketrush-config-XXXXXX";
    write_file(path, "workers = 5\nconnections = 5\ndrain_ms = 500\n");
    const char *environment[] = {"PATH=/bin", "TICKETRUSH_CONNECTIONS=6", "TICKETRUSH_DRAIN_MS=600",
                                 NULL};
    const char *assignments[] = {"drain_ms=700", "drain_ms=701", NULL};
    assert_int_equal(load(config, path, environment, assignments, &fault), STATUS_OK);
    assert_int_equal(config_int(config, SETTING_WORKERS), 5);
    assert_int_equal(config_int(config, SETTING_CONNECTIONS), 6);
    assert_int_equal(config_int(config, SETTING_DRAIN_MS), 701);
    unlink(path);
    config_destroy(config);
}

static void the_environment_can_name_the_file(void **state)
{
    (void)state;
    struct config *config = make();
    struct config_fault fault;
    char path[] = P_tmpdir "/ticketrush-config-XXXXXX", variable[128];
    write_file(path, "workers = 9\n");
    snprintf(variable, sizeof variable, "TICKETRUSH_CONFIG=%s", path);
    const char *environment[] = {variable, NULL};
    assert_int_equal(load(config, NULL, environment, NULL, &fault), STATUS_OK);
    assert_int_equal(config_int(config, SETTING_WORKERS), 9);
    unlink(path);
    assert_int_equal(load(config, NULL, environment, NULL, &fault), STATUS_IO);
    assert_says(&fault, path);
    config_destroy(config);
}

static void an_unknown_name_stops_with_its_place_and_the_nearest_name(void **state)
{
    (void)state;
    struct config *config = make();
    struct config_fault fault;
    const char *environment[] = {"TICKETRUSH_LISTNE=127.0.0.1:1", NULL};
    const char *assignments[] = {"wokers=4", NULL};
    assert_int_equal(load(config, NULL, environment, NULL, &fault), STATUS_INVALID);
    assert_says(&fault, "environment variable TICKETRUSH_LISTNE");
    assert_says(&fault, "Is 'listen' meant?");
    assert_int_equal(load(config, NULL, NULL, assignments, &fault), STATUS_INVALID);
    assert_says(&fault, "option --set");
    assert_says(&fault, "Is 'workers' meant?");
    config_destroy(config);
    assert_refused("\nwaiting_room_of_great_size = 1", "the.conf line 2: there is no setting "
                                                       "'waiting_room_of_great_size'. `");
}

static void an_ill_formed_value_stops_with_what_would_be_right(void **state)
{
    (void)state;
    assert_refused("workers = 1", "from 2 to 64");
    assert_refused("workers = many", "workers cannot be 'many'");
    assert_refused("workers = 4.5", "a whole number");
    assert_refused("workers =", "cannot be empty");
    assert_refused("drain_ms = 99999999999999999999", "milliseconds");
    assert_refused("lab = yes", "expected on or off");
    assert_refused("log_level = loud", "one of debug|info|warn|error|off");
    assert_refused("listen = 8080", "such as 127.0.0.1:8080");
    assert_refused("listen = 127.0.0.1:65536", "such as");
    assert_refused("listen = 127.0.0.300:80", "such as");
    assert_refused("listen = [::1]80", "such as");
    assert_refused("listen = ::1:80", "such as");
    assert_refused("data =", "the path of a folder");
    assert_refused("web = a\x01b", "control character");
    assert_refused("workers 4", "a line is `name = value`");
    assert_refused("workers = 4\nworkers = 4", "the.conf line 2: workers was already set by "
                                               "the.conf line 1");
    assert_refused("data = \xff", "not UTF-8");
}

static void an_address_is_split(void **state)
{
    (void)state;
    struct config *config = make();
    struct config_fault fault;
    char host[CONFIG_HOST_BYTES];
    uint16_t port;
    assert_int_equal(config_read(config, text_of("listen = [::1]:0"), "f", &fault), STATUS_OK);
    config_address(config, SETTING_LISTEN, host, &port);
    assert_string_equal(host, "::1");
    assert_int_equal(port, 0);
    config_destroy(config);
}

static void a_server_without_an_adapter_stops_and_its_password_stays_unsaid(void **state)
{
    (void)state;
    static const char *const urls[] = {"TICKETRUSH_STORE=mysql://u:hunter2@db/x",
                                       "TICKETRUSH_REDIS=hunter2:6379"};
    for (size_t i = 0; i < 2; i++) {
        struct config *config = make();
        struct config_fault fault;
        const char *environment[] = {urls[i], NULL};
        assert_int_equal(load(config, NULL, environment, NULL, &fault), STATUS_INVALID);
        assert_says(&fault, "this version has no adapter");
        assert_null(strstr(fault.words, "hunter2"));
        config_destroy(config);
    }
}

static void a_server_with_an_adapter_is_named_by_its_url(void **state)
{
    (void)state;
    struct config *config = make();
    struct config_fault fault;
    const char *environment[] = {"TICKETRUSH_STORE=postgresql://u:hunter2@db/x",
                                 "TICKETRUSH_REDIS=redis://:hunter2@r", NULL};
    assert_int_equal(load(config, NULL, environment, NULL, &fault), STATUS_OK);
    assert_string_equal(config_text(config, SETTING_STORE), "postgresql://u:hunter2@db/x");
    assert_string_equal(config_text(config, SETTING_REDIS), "redis://:hunter2@r");
    config_destroy(config);
}

static void printing_tells_each_origin_and_no_secret(void **state)
{
    (void)state;
    struct config *config = make();
    struct config_fault fault;
    char *page;
    size_t size;
    const char *lines = "redis = redis://:hunter2@r\nworkers = 3";
    assert_int_equal(config_read(config, text_of(lines), "the.conf", &fault), STATUS_OK);
    FILE *file = open_memstream(&page, &size);
    config_print(config, file);
    fclose(file);
    assert_non_null(strstr(page, "workers                          = 3"));
    assert_non_null(strstr(page, "(the.conf line 2)\n"));
    assert_non_null(strstr(page, "= (set)"));
    assert_non_null(strstr(page, "= sqlite               (default)\n"));
    assert_null(strstr(page, "hunter2"));
    free(page);
    config_destroy(config);
}

static void help_names_every_setting(void **state)
{
    (void)state;
    char *page;
    size_t size;
    FILE *file = open_memstream(&page, &size);
    config_print_help(file);
    fclose(file);
    assert_non_null(strstr(page, "TICKETRUSH_LISTEN\n"));
    assert_non_null(strstr(page, "TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND\n"));
    assert_non_null(strstr(page, "Default: 127.0.0.1:8080\n"));
    free(page);
}

static void a_file_that_is_too_long_is_refused(void **state)
{
    (void)state;
    struct config *config = make();
    struct config_fault fault;
    char path[] = P_tmpdir "/ticketrush-config-XXXXXX";
    char *words = malloc(CONFIG_FILE_BYTES_MAX + 2);
    assert_non_null(words);
    memset(words, '\n', CONFIG_FILE_BYTES_MAX + 1);
    words[CONFIG_FILE_BYTES_MAX + 1] = '\0';
    write_file(path, words);
    assert_int_equal(load(config, path, NULL, NULL, &fault), STATUS_IO);
    assert_says(&fault, "longer than 64 kB");
    free(words);
    unlink(path);
    config_destroy(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_default_is_a_value_that_would_be_accepted),
        cmocka_unit_test(a_file_has_names_values_comments_and_blank_lines),
        cmocka_unit_test(the_command_line_beats_the_environment_and_the_environment_the_file),
        cmocka_unit_test(the_environment_can_name_the_file),
        cmocka_unit_test(an_unknown_name_stops_with_its_place_and_the_nearest_name),
        cmocka_unit_test(an_ill_formed_value_stops_with_what_would_be_right),
        cmocka_unit_test(an_address_is_split),
        cmocka_unit_test(a_server_with_an_adapter_is_named_by_its_url),
        cmocka_unit_test(a_server_without_an_adapter_stops_and_its_password_stays_unsaid),
        cmocka_unit_test(printing_tells_each_origin_and_no_secret),
        cmocka_unit_test(help_names_every_setting),
        cmocka_unit_test(a_file_that_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

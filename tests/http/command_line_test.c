/*
 * command_line_test.c — the binary as its users meet it: help, settings, refusals, start and stop.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "support/server_process.h"

#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static char folder[TEMPORARY_PATH_BYTES];

static int make_folder(void **state)
{
    (void)state;
    temporary_folder_make(folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    temporary_folder_remove(folder);
    return 0;
}

static void assert_in(const char *where, const char *words)
{
    if (!strstr(where, words))
        fail_msg("`%s` is not in:\n%s", words, where);
}

struct refusal {
    const char *const *arguments;
    const char *const *environment;
    const char *words; /* on standard error */
};

static void assert_refused(const struct refusal *refusal)
{
    struct outcome *outcome = run_binary(folder, refusal->arguments, refusal->environment, NULL);
    assert_int_equal(outcome->exit_code, 2);
    assert_in(outcome->errors, refusal->words);
    assert_string_equal(outcome->output, "");
    free(outcome);
}

/* --- help ------------------------------------------------------------------------------------- */

static void help_lists_every_subcommand_setting_and_exit_code(void **state)
{
    (void)state;
    static const char *const words[] = {"serve",
                                        "migrate",
                                        "seed",
                                        "audit",
                                        "rush",
                                        "user",
                                        "token",
                                        "sale",
                                        "config",
                                        "version",
                                        "--config",
                                        "--set",
                                        "--help",
                                        "  0  ",
                                        "  1  ",
                                        "  2  ",
                                        "TICKETRUSH_LISTEN",
                                        "TICKETRUSH_DATA",
                                        "TICKETRUSH_LAB",
                                        "TICKETRUSH_IO_THREADS"};
    struct outcome *outcome = run_binary(folder, ARGUMENTS("--help"), NULL, NULL);
    assert_int_equal(outcome->exit_code, 0);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        assert_in(outcome->output, words[i]);
    free(outcome);
}

static void every_subcommand_explains_itself(void **state)
{
    (void)state;
    static const char *const names[] = {"serve", "migrate",   "seed",        "sale",   "audit",
                                        "rush",  "reconcile", "verify-line", "lab",    "user",
                                        "token", "ticket",    "config",      "version"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char usage[64];
        snprintf(usage, sizeof usage, "Usage: ticketrush %s", names[i]);
        struct outcome *outcome = run_binary(folder, ARGUMENTS(names[i], "--help"), NULL, NULL);
        assert_int_equal(outcome->exit_code, 0);
        assert_in(outcome->output, usage);
        free(outcome);
    }
}

static void a_wrong_command_line_stops_with_the_way_to_the_help(void **state)
{
    (void)state;
    const struct refusal refusals[] = {
        {ARGUMENTS("lab", "--fast"), NULL, "there is no option --fast"},
        {ARGUMENTS("lab", "--size", "huge"), NULL, "--size is tiny, quick or full, not 'huge'"},
        {ARGUMENTS("lab", "--fans", "many"), NULL, "--fans takes a whole number"},
        {ARGUMENTS("lab", "quick"), NULL, "'quick' is one argument too many"},
        {ARGUMENTS("lab", "--compare", "A.json"), NULL, "--compare takes two results"},
        {ARGUMENTS("serv"), NULL, "there is no subcommand 'serv'"},
        {ARGUMENTS("--verbose"), NULL, "there is no option '--verbose'"},
        {ARGUMENTS("serve", "--verbose"), NULL, "there is no option --verbose"},
        {ARGUMENTS("serve", "everything"), NULL, "there is no service 'everything'"},
        {ARGUMENTS("migrate", "now"), NULL, "'now' is one argument too many"},
        {ARGUMENTS("config", "--set"), NULL, "--set needs a value"},
        {ARGUMENTS("config", "--set", "workers"), NULL, "write it as --set name=value"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        assert_refused(&refusals[i]);
    struct outcome *outcome =
        run_binary(folder, (const char *const[]){NULL}, NULL, NULL); /* nothing at all */
    assert_int_equal(outcome->exit_code, 2);
    assert_in(outcome->errors, "Usage: ticketrush");
    free(outcome);
}

/* --- settings --------------------------------------------------------------------------------- */

static void an_unknown_or_ill_formed_setting_stops_the_start(void **state)
{
    (void)state;
    const struct refusal refusals[] = {
        {ARGUMENTS("serve"), ARGUMENTS("TICKETRUSH_LISTENS=127.0.0.1:0"),
         "environment variable TICKETRUSH_LISTENS: there is no setting 'LISTENS'. Is 'listen' "
         "meant?"},
        {ARGUMENTS("serve", "--set", "io_threads=zero"), NULL,
         "option --set: io_threads cannot be 'zero'; expected a whole number from 1 to 64."},
        {ARGUMENTS("serve"), ARGUMENTS("TICKETRUSH_STORE=mysql://u:hunter2@host/db"),
         "this version has no adapter for it; it knows only sqlite|postgresql://…."},
        {ARGUMENTS("serve"), ARGUMENTS("TICKETRUSH_KAFKA=host"),
         "kafka cannot be 'host'; expected host:port, several with commas"},
        {ARGUMENTS("serve"), ARGUMENTS("TICKETRUSH_REDIS=host:6379"),
         "leave it empty or use redis://…."},
        {ARGUMENTS("serve", "--config", "nowhere.conf"), NULL,
         "The settings file nowhere.conf cannot be read: No such file or directory."},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        assert_refused(&refusals[i]);
}

static void a_database_out_of_reach_is_named_without_its_password(void **state)
{
    (void)state;
    static const char *const settings[][2] = {
        {"TICKETRUSH_STORE=postgresql://u:hunter2@%zz/db",
         "the database postgresql:// cannot be opened: that is no URL such as postgresql://"},
        {"TICKETRUSH_STORE=postgresql://u:hunter2@127.0.0.1:1/db",
         "the database postgresql://u@127.0.0.1:1/db cannot be opened: connection to server at"},
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        struct outcome *outcome =
            run_binary(folder, ARGUMENTS("migrate"), ARGUMENTS(settings[i][0]), NULL);
        assert_int_equal(outcome->exit_code, 1);
        assert_in(outcome->errors, settings[i][1]);
        assert_null(strstr(outcome->errors, "hunter2"));
        free(outcome);
    }
}

static void config_prints_each_value_with_its_origin(void **state)
{
    (void)state;
    char path[TEMPORARY_PATH_BYTES + 32];
    snprintf(path, sizeof path, "%s/ticketrush.conf", folder);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs("# this folder's own\nworkers = 7\n", file);
    fclose(file);

    struct outcome *outcome = run_binary(folder, ARGUMENTS("--set", "drain_ms=700", "config"),
                                         ARGUMENTS("TICKETRUSH_LAB=on"), NULL);
    assert_int_equal(outcome->exit_code, 0);
    assert_in(outcome->output, "= 7                    (ticketrush.conf line 2)\n");
    assert_in(outcome->output, "= on                   (environment variable TICKETRUSH_LAB)\n");
    assert_in(outcome->output, "= 700                  (option --set)\n");
    assert_in(outcome->output, "= 127.0.0.1:8080       (default)\n");
    free(outcome);
    remove(path);
}

static void version_answers_whatever_the_settings_are(void **state)
{
    (void)state;
    struct outcome *outcome =
        run_binary(folder, ARGUMENTS("version"), ARGUMENTS("TICKETRUSH_NONSENSE=1"), NULL);
    assert_int_equal(outcome->exit_code, 0);
    assert_string_equal(outcome->output, "ticketrush " TICKETRUSH_VERSION "\n");
    free(outcome);
}

/* --- databases -------------------------------------------------------------------------------- */

static void migrating_twice_is_migrating_once(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct outcome *outcome = run_binary(folder, ARGUMENTS("migrate"), NULL, NULL);
        assert_int_equal(outcome->exit_code, 0);
        assert_in(outcome->output, "up to date");
        free(outcome);
    }
    char path[TEMPORARY_PATH_BYTES + 32];
    struct stat found;
    snprintf(path, sizeof path, "%s/data", folder);
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0700);
    snprintf(path, sizeof path, "%s/data/live.db", folder);
    assert_int_equal(stat(path, &found), 0);
}

static void a_file_that_is_no_database_is_said_to_be_none(void **state)
{
    (void)state;
    char path[TEMPORARY_PATH_BYTES + 32];
    snprintf(path, sizeof path, "%s/strange", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/strange/core.db", folder);
    FILE *file = fopen(path, "we");
    for (int i = 0; i < 1000; i++)
        fputs("this is a letter to grandmother\n", file);
    fclose(file);
    struct outcome *outcome =
        run_binary(folder, ARGUMENTS("serve", "--set", "data=strange"), NULL, NULL);
    assert_int_equal(outcome->exit_code, 1);
    assert_in(outcome->errors, "strange/core.db cannot be opened");
    free(outcome);
}

static void the_live_service_is_said_not_to_be_there(void **state)
{
    (void)state;
    struct outcome *outcome = run_binary(folder, ARGUMENTS("serve", "live"), NULL, NULL);
    assert_int_equal(outcome->exit_code, 1);
    assert_in(outcome->errors, "this version has no live service");
    free(outcome);
}

/* --- serving ---------------------------------------------------------------------------------- */

static void an_empty_folder_is_served_and_sigterm_ends_it_in_order(void **state)
{
    (void)state;
    struct server_process *server = server_process_start(&(struct server_process_settings){0});
    struct http_client *client = server_process_connect(server);
    struct http_reply reply = http_client_ask(client, &(struct http_ask){.path = "/readyz"});
    assert_int_equal(reply.status, 200);
    http_client_close(client);
    assert_int_equal(server_process_stop(server), 0);
    server_process_destroy(server);
}

static void a_client_that_stays_does_not_keep_the_server_from_ending(void **state)
{
    (void)state;
    struct server_process *server = server_process_start(
        &(struct server_process_settings){.environment = ARGUMENTS("TICKETRUSH_DRAIN_MS=200")});
    struct http_client *idle = server_process_connect(server);
    struct http_client *half = server_process_connect(server);
    assert_int_equal(http_client_ask(idle, &(struct http_ask){.path = "/healthz"}).status, 200);
    assert_true(http_client_send(half, text_of("POST /api/users HTTP/1.1\r\nHost: x\r\n")));
    assert_int_equal(server_process_stop(server), 0);
    http_client_close(idle);
    http_client_close(half);
    server_process_destroy(server);
}

/* The first one has been heard when the door is closed. */
static void wait_for_the_door_to_close(const struct server_process *server)
{
    struct http_client *client;
    while ((client = http_client_open("127.0.0.1", server_process_port(server))))
        http_client_close(client);
}

static void a_second_sigterm_ends_it_at_once(void **state)
{
    (void)state;
    struct server_process *server = server_process_start(&(struct server_process_settings){
        .environment = ARGUMENTS("TICKETRUSH_DRAIN_MS=600000", "TICKETRUSH_BODY_TIMEOUT_MS=600000",
                                 "TICKETRUSH_HEADER_TIMEOUT_MS=600000")});
    struct http_client *half = server_process_connect(server);
    assert_true(http_client_send(half, text_of("POST /api/users HTTP/1.1\r\nHost: x\r\n"
                                               "Content-Length: 9\r\nExpect: 100-continue\r\n"
                                               "Content-Type: application/json\r\n\r\n")));
    struct http_reply reply;
    assert_true(http_client_read(half, false, &reply));
    assert_int_equal(reply.status, 100); /* it is under way */
    server_process_signal(server, SIGTERM);
    wait_for_the_door_to_close(server);
    server_process_signal(server, SIGTERM);
    assert_int_equal(server_process_wait(server), 128 + SIGTERM);
    http_client_close(half);
    server_process_destroy(server);
}

static void a_request_under_way_is_answered_before_the_end(void **state)
{
    (void)state;
    struct server_process *server = server_process_start(&(struct server_process_settings){0});
    struct http_client *half = server_process_connect(server);
    assert_true(http_client_send(half, text_of("POST /api/auth/logout HTTP/1.1\r\nHost: x\r\n"
                                               "Content-Length: 2\r\nExpect: 100-continue\r\n"
                                               "Content-Type: application/json\r\n\r\n")));
    struct http_reply reply;
    assert_true(http_client_read(half, false, &reply));
    assert_int_equal(reply.status, 100);
    server_process_signal(server, SIGTERM);
    wait_for_the_door_to_close(server);
    assert_true(http_client_send(half, text_of("{}")));
    assert_true(http_client_read(half, false, &reply));
    assert_int_equal(reply.status, 422); /* an answer of the endpoint, not of a closing door */
    assert_true(http_client_is_closed(half));
    assert_int_equal(server_process_wait(server), 0);
    http_client_close(half);
    server_process_destroy(server);
}

static void a_hang_up_is_no_reason_to_stop(void **state)
{
    (void)state;
    struct server_process *server = server_process_start(&(struct server_process_settings){0});
    server_process_signal(server, SIGHUP);
    struct http_client *client = server_process_connect(server);
    assert_int_equal(http_client_ask(client, &(struct http_ask){.path = "/healthz"}).status, 200);
    http_client_close(client);
    server_process_signal(server, SIGINT);
    assert_int_equal(server_process_wait(server), 0);
    server_process_destroy(server);
}

static void a_killed_server_leaves_no_lock_behind(void **state)
{
    (void)state;
    char data[TEMPORARY_PATH_BYTES + 32];
    snprintf(data, sizeof data, "%s/killed", folder);
    struct server_process_settings settings = {.data = data};
    struct server_process *first = server_process_start(&settings);
    server_process_kill(first);
    struct server_process *second = server_process_start(&settings);
    assert_int_equal(server_process_stop(second), 0);
    server_process_destroy(first);
    server_process_destroy(second);
}

static void a_second_server_on_one_data_folder_is_refused(void **state)
{
    (void)state;
    char data[4200], words[96];
    struct server_process *server = server_process_start(&(struct server_process_settings){0});
    snprintf(data, sizeof data, "TICKETRUSH_DATA=%s", server_process_data(server));
    snprintf(words, sizeof words, "another server (process %ld) serves the data folder",
             (long)server_process_pid(server));
    struct outcome *outcome = run_binary(folder, ARGUMENTS("serve"),
                                         ARGUMENTS(data, "TICKETRUSH_LISTEN=127.0.0.1:0"), NULL);
    assert_int_equal(outcome->exit_code, 1);
    assert_in(outcome->errors, words);
    free(outcome);
    assert_int_equal(server_process_stop(server), 0);
    server_process_destroy(server);
}

static void a_taken_port_is_named(void **state)
{
    (void)state;
    char listen[64], words[64];
    struct server_process *server = server_process_start(&(struct server_process_settings){0});
    snprintf(listen, sizeof listen, "TICKETRUSH_LISTEN=127.0.0.1:%u", server_process_port(server));
    snprintf(words, sizeof words, "127.0.0.1 port %u: Address already in use",
             server_process_port(server));
    struct outcome *outcome = run_binary(folder, ARGUMENTS("serve"),
                                         ARGUMENTS(listen, "TICKETRUSH_DATA=elsewhere"), NULL);
    assert_int_equal(outcome->exit_code, 1);
    assert_in(outcome->errors, words);
    free(outcome);
    server_process_destroy(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_lists_every_subcommand_setting_and_exit_code),
        cmocka_unit_test(every_subcommand_explains_itself),
        cmocka_unit_test(a_wrong_command_line_stops_with_the_way_to_the_help),
        cmocka_unit_test(an_unknown_or_ill_formed_setting_stops_the_start),
        cmocka_unit_test(a_database_out_of_reach_is_named_without_its_password),
        cmocka_unit_test(config_prints_each_value_with_its_origin),
        cmocka_unit_test(version_answers_whatever_the_settings_are),
        cmocka_unit_test(migrating_twice_is_migrating_once),
        cmocka_unit_test(a_file_that_is_no_database_is_said_to_be_none),
        cmocka_unit_test(the_live_service_is_said_not_to_be_there),
        cmocka_unit_test(an_empty_folder_is_served_and_sigterm_ends_it_in_order),
        cmocka_unit_test(a_client_that_stays_does_not_keep_the_server_from_ending),
        cmocka_unit_test(a_second_sigterm_ends_it_at_once),
        cmocka_unit_test(a_request_under_way_is_answered_before_the_end),
        cmocka_unit_test(a_hang_up_is_no_reason_to_stop),
        cmocka_unit_test(a_killed_server_leaves_no_lock_behind),
        cmocka_unit_test(a_second_server_on_one_data_folder_is_refused),
        cmocka_unit_test(a_taken_port_is_named),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

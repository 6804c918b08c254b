/*
 * kill_test.c — an opening night whose server is killed in the middle, again and again.
 *
 * `ticketrush rush` plays against the real binary. It tells each acknowledgement through a named
 * pipe the moment it has heard it, so a kill comes after so many acknowledgements, not after so
 * much time. The server is started again on the same port and folder, and rush, which goes on
 * asking, must find everything it was ever told: its exit code says so.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/server_process.h"

enum { WORD_BYTES = 512, ARGUMENTS_MAX = 40, READ_BYTES = 4096 };

struct blow {
    int acknowledgements; /* after so many */
    int signal;
};

struct evening {
    char folder[TEMPORARY_PATH_BYTES];
    char data[WORD_BYTES], pipe[WORD_BYTES], url[WORD_BYTES], listen[WORD_BYTES];
    struct server_process *server;
    struct outcome *outcome; /* of rush */
};

/* --- the server ------------------------------------------------------------------------------- */

static void start_server(struct evening *evening)
{
    const char *environment[] = {evening->listen[0] ? evening->listen : NULL, NULL};
    struct server_process_settings settings = {.data = evening->data, .environment = environment};
    evening->server = server_process_start(&settings);
    unsigned port = server_process_port(evening->server);
    snprintf(evening->listen, WORD_BYTES, "TICKETRUSH_LISTEN=127.0.0.1:%u", port);
    snprintf(evening->url, WORD_BYTES, "http://127.0.0.1:%u", port);
}

static void strike(struct evening *evening, int signal)
{
    server_process_signal(evening->server, signal);
    int code = server_process_wait(evening->server);
    assert_int_equal(code, signal == SIGKILL ? 128 + SIGKILL : 0);
    server_process_destroy(evening->server);
    start_server(evening);
}

/* --- the crowd -------------------------------------------------------------------------------- */

/* On a thread of its own, as it lasts as long as the night. */
static void *run_rush(void *context)
{
    struct evening *evening = context;
    static const char *const crowd[] = {
        "--fans",         "2000", "--seats",    "1000",   "--connections", "128",
        "--hold-seconds", "3",    "--think-ms", "5..200", "--cancel",      "8%",
        "--double-click", "10%",  "--repeat",   "10%",    "--decline",     "5%",
        "--duration-max", "200",  NULL,
    };
    const char *arguments[ARGUMENTS_MAX] = {"rush",        "--url",     evening->url, "--data",
                                            evening->data, "--ack-log", evening->pipe};
    size_t count = 7;
    for (size_t i = 0; crowd[i]; i++)
        arguments[count++] = crowd[i];
    evening->outcome = run_binary(evening->folder, arguments, NULL, NULL);

    /* Had rush never opened the pipe, its reader would wait for ever. */
    int end = open(evening->pipe, O_WRONLY | O_CLOEXEC);
    if (end >= 0)
        close(end);
    return NULL;
}

/* Strikes when the time has come; the rest of the night is only counted. */
static int follow(struct evening *evening, int pipe, const struct blow *blows, size_t blow_count)
{
    char bytes[READ_BYTES];
    int acknowledgements = 0;
    size_t struck = 0;
    for (ssize_t size; (size = read(pipe, bytes, sizeof bytes)) > 0;) {
        for (ssize_t i = 0; i < size; i++)
            acknowledgements += bytes[i] == '\n';
        if (struck < blow_count && acknowledgements >= blows[struck].acknowledgements)
            strike(evening, blows[struck++].signal);
    }
    assert_int_equal(struck, blow_count);
    return acknowledgements;
}

static void play(const struct blow *blows, size_t blow_count)
{
    struct evening evening = {0};
    pthread_t crowd;
    temporary_folder_make(evening.folder);
    snprintf(evening.data, WORD_BYTES, "%s/data", evening.folder);
    snprintf(evening.pipe, WORD_BYTES, "%s/acknowledgements", evening.folder);
    assert_int_equal(mkfifo(evening.pipe, 0600), 0);
    start_server(&evening);

    assert_int_equal(pthread_create(&crowd, NULL, run_rush, &evening), 0);
    int pipe = open(evening.pipe, O_RDONLY | O_CLOEXEC);
    assert_true(pipe >= 0);
    int acknowledgements = follow(&evening, pipe, blows, blow_count);
    assert_int_equal(pthread_join(crowd, NULL), 0);
    close(pipe);

    if (evening.outcome->exit_code != 0)
        fprintf(stderr, "%s%s", evening.outcome->output, evening.outcome->errors);
    assert_int_equal(evening.outcome->exit_code, 0);
    assert_non_null(strstr(evening.outcome->output, "sold 1000 of 1000 seats"));
    assert_non_null(strstr(evening.outcome->output, "; 0 lost"));
    assert_non_null(strstr(evening.outcome->output, "clean: every promise is kept"));
    assert_true(acknowledgements > 1000); /* holds and payments of at most two seats each */

    free(evening.outcome);
    server_process_destroy(evening.server);
    temporary_folder_remove(evening.folder);
}
#define PLAY(blows) play(blows, sizeof(blows) / sizeof(blows)[0])

/* --- stories ---------------------------------------------------------------------------------- */

static void a_night_without_a_blow_sells_every_seat(void **state)
{
    (void)state;
    play(NULL, 0);
}

static void a_kill_at_the_first_acknowledgement_loses_nothing(void **state)
{
    (void)state;
    static const struct blow blows[] = {{1, SIGKILL}};
    PLAY(blows);
}

static void kills_all_through_the_night_lose_nothing(void **state)
{
    (void)state;
    static const struct blow blows[] = {
        {120, SIGKILL}, {121, SIGKILL}, {450, SIGKILL}, {800, SIGKILL}, {1000, SIGKILL},
    };
    PLAY(blows);
}

static void an_orderly_stop_in_the_middle_loses_nothing(void **state)
{
    (void)state;
    static const struct blow blows[] = {{300, SIGTERM}, {700, SIGTERM}};
    PLAY(blows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_night_without_a_blow_sells_every_seat),
        cmocka_unit_test(a_kill_at_the_first_acknowledgement_loses_nothing),
        cmocka_unit_test(kills_all_through_the_night_lose_nothing),
        cmocka_unit_test(an_orderly_stop_in_the_middle_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

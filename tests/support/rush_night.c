/* rush_night.c — the server, the crowd, and the pipe between them and the story. */
#include "support/rush_night.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARGUMENTS_MAX = 40, READ_BYTES = 4096 };

/* --- the server ------------------------------------------------------------------------------- */

void rush_night_start_server(struct rush_night *night)
{
    const char *environment[8] = {NULL};
    size_t count = 0;
    if (night->redis)
        environment[count++] = night->redis;
    if (night->kafka)
        environment[count++] = night->kafka;
    if (night->store)
        environment[count++] = night->store;
    if (night->waiting_room)
        environment[count++] = "TICKETRUSH_JOINS_PER_ADDRESS_PER_MINUTE=1000000";
    if (night->listen[0])
        environment[count++] = night->listen;
    struct server_process_settings settings = {.data = night->data, .environment = environment};
    night->server = server_process_start(&settings);
    unsigned port = server_process_port(night->server);
    snprintf(night->listen, RUSH_WORD_BYTES, "TICKETRUSH_LISTEN=127.0.0.1:%u", port);
    snprintf(night->url, RUSH_WORD_BYTES, "http://127.0.0.1:%u", port);
}

/* --- the crowd -------------------------------------------------------------------------------- */

/* On a thread of its own, as it lasts as long as the night. */
static void *run_rush(void *context)
{
    struct rush_night *night = context;
    static const char *const crowd[] = {
        "--fans",         "2000", "--seats",    "1000",   "--connections", "128",
        "--hold-seconds", "3",    "--think-ms", "5..200", "--cancel",      "8%",
        "--double-click", "10%",  "--repeat",   "10%",    "--decline",     "5%",
        "--duration-max", "200",  NULL,
    };
    const char *arguments[ARGUMENTS_MAX] = {"rush",      "--url",     night->url, "--data",
                                            night->data, "--ack-log", night->pipe};
    const char *environment[] = {night->store, NULL};
    size_t count = 7;
    for (size_t i = 0; crowd[i]; i++)
        arguments[count++] = crowd[i];
    if (night->waiting_room)
        arguments[count++] = "--waiting-room";
    if (night->gateway_faults) {
        arguments[count++] = "--gateway-faults";
        arguments[count++] = night->gateway_faults;
    }
    night->outcome = run_binary(night->folder, arguments, environment, NULL);

    /* Had rush never opened the pipe, its reader would wait for ever. */
    int end = open(night->pipe, O_WRONLY | O_CLOEXEC);
    if (end >= 0)
        close(end);
    return NULL;
}

/* Strikes when the time has come; the rest of the night is only counted. */
static int follow(struct rush_night *night, int pipe, const struct rush_blow *blows,
                  size_t blow_count)
{
    char bytes[READ_BYTES];
    int acknowledgements = 0;
    size_t struck = 0;
    for (ssize_t size; (size = read(pipe, bytes, sizeof bytes)) > 0;) {
        for (ssize_t i = 0; i < size; i++)
            acknowledgements += bytes[i] == '\n';
        if (struck < blow_count && acknowledgements >= blows[struck].acknowledgements)
            blows[struck++].strike(night);
    }
    assert_int_equal(struck, blow_count);
    return acknowledgements;
}

static void judge(const struct rush_night *night, int acknowledgements)
{
    if (night->outcome->exit_code != 0)
        fprintf(stderr, "%s%s", night->outcome->output, night->outcome->errors);
    assert_int_equal(night->outcome->exit_code, 0);
    assert_non_null(strstr(night->outcome->output, "sold 1000 of 1000 seats"));
    assert_non_null(strstr(night->outcome->output, "; 0 lost"));
    assert_non_null(strstr(night->outcome->output, "clean: every promise is kept"));
    assert_true(acknowledgements > 1000); /* holds and payments of at most two seats each */
}

void rush_night_play(struct rush_night *night, const struct rush_blow *blows, size_t blow_count,
                     void (*look)(struct rush_night *night))
{
    pthread_t crowd;
    temporary_folder_make(night->folder);
    snprintf(night->data, RUSH_WORD_BYTES, "%s/data", night->folder);
    snprintf(night->pipe, RUSH_WORD_BYTES, "%s/acknowledgements", night->folder);
    assert_int_equal(mkfifo(night->pipe, 0600), 0);
    rush_night_start_server(night);

    assert_int_equal(pthread_create(&crowd, NULL, run_rush, night), 0);
    int pipe = open(night->pipe, O_RDONLY | O_CLOEXEC);
    assert_true(pipe >= 0);
    int acknowledgements = follow(night, pipe, blows, blow_count);
    assert_int_equal(pthread_join(crowd, NULL), 0);
    close(pipe);
    judge(night, acknowledgements);
    if (look)
        look(night);

    free(night->outcome);
    server_process_destroy(night->server);
    temporary_folder_remove(night->folder);
}

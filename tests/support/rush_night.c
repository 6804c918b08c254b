/* rush_night.c — the server, the crowd, and the pipe between them and the story. */
#include "support/rush_night.h"

#include <fcntl.h>
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

bool rush_night_is_ready(const struct rush_night *night)
{
    struct http_client *client = server_process_connect(night->server);
    int status = http_client_ask(client, &(struct http_ask){.path = "/readyz"}).status;
    http_client_close(client);
    return status == 200;
}

/* --- the crowd -------------------------------------------------------------------------------- */

/* On a thread of its own, as it lasts as long as the night. */
static void *run_rush(void *context)
{
    struct rush_crowd *own = context;
    struct rush_night *night = own->night;
    char fans[16], seats[16];
    snprintf(fans, sizeof fans, "%u", own->fans);
    snprintf(seats, sizeof seats, "%u", own->seats);
    static const char *const habits[] = {
        "--connections", "128", "--hold-seconds", "3",   "--think-ms", "5..200",
        "--cancel",      "8%",  "--double-click", "10%", "--repeat",   "10%",
        "--decline",     "5%",  "--duration-max", "200", NULL,
    };
    const char *arguments[ARGUMENTS_MAX] = {"rush",      "--url",     night->url,  "--data",
                                            night->data, "--ack-log", night->pipe, "--fans",
                                            fans,        "--seats",   seats};
    const char *environment[] = {night->store, NULL};
    size_t count = 11;
    for (size_t i = 0; habits[i]; i++)
        arguments[count++] = habits[i];
    if (own->strategy) {
        arguments[count++] = "--strategy";
        arguments[count++] = own->strategy;
    }
    if (own->lock) {
        arguments[count++] = "--lock";
        arguments[count++] = own->lock;
    }
    if (night->waiting_room)
        arguments[count++] = "--waiting-room";
    if (night->gateway_faults) {
        arguments[count++] = "--gateway-faults";
        arguments[count++] = night->gateway_faults;
    }
    own->outcome = run_binary(night->folder, arguments, environment, NULL);

    if (atomic_fetch_sub(&night->playing, 1) == 1)
        close(night->pipe_end); /* who reads hears the end */
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

static void judge(const struct rush_crowd *crowd)
{
    char sold[64];
    const struct outcome *outcome = crowd->outcome;
    snprintf(sold, sizeof sold, "sold %u of %u seats", crowd->seats, crowd->seats);
    bool sold_out = strstr(outcome->output, sold) != NULL;
    if (outcome->exit_code != 0 || !sold_out)
        fprintf(stderr, "%s%s", outcome->output, outcome->errors);
    assert_int_equal(outcome->exit_code, 0);
    assert_true(sold_out);
    assert_non_null(strstr(outcome->output, "; 0 lost"));
    assert_non_null(strstr(outcome->output, "clean: every promise is kept"));
}

/* Its reading end. Neither opening waits for the other side. */
static int open_pipe(struct rush_night *night)
{
    int pipe = open(night->pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(pipe >= 0);
    night->pipe_end = open(night->pipe, O_WRONLY | O_CLOEXEC);
    assert_true(night->pipe_end >= 0);
    assert_int_equal(fcntl(pipe, F_SETFL, 0), 0);
    atomic_store(&night->playing, night->crowd_count);
    return pipe;
}

static void open_night(struct rush_night *night)
{
    if (night->crowd_count == 0)
        night->crowds[night->crowd_count++] = (struct rush_crowd){.fans = 2000, .seats = 1000};
    temporary_folder_make(night->folder);
    snprintf(night->data, RUSH_WORD_BYTES, "%s/data", night->folder);
    snprintf(night->pipe, RUSH_WORD_BYTES, "%s/acknowledgements", night->folder);
    assert_int_equal(mkfifo(night->pipe, 0600), 0);
    rush_night_start_server(night);
}

void rush_night_play(struct rush_night *night, const struct rush_blow *blows, size_t blow_count,
                     void (*look)(struct rush_night *night))
{
    open_night(night);
    int pipe = open_pipe(night);
    for (size_t i = 0; i < night->crowd_count; i++) {
        struct rush_crowd *crowd = &night->crowds[i];
        crowd->night = night;
        assert_int_equal(pthread_create(&crowd->thread, NULL, run_rush, crowd), 0);
    }
    int acknowledgements = follow(night, pipe, blows, blow_count);
    int seats = 0;
    for (size_t i = 0; i < night->crowd_count; i++) {
        assert_int_equal(pthread_join(night->crowds[i].thread, NULL), 0);
        judge(&night->crowds[i]);
        seats += (int)night->crowds[i].seats;
        free(night->crowds[i].outcome);
    }
    assert_true(acknowledgements > seats); /* holds and payments of at most two seats each */
    close(pipe);
    if (look)
        look(night);
    server_process_destroy(night->server);
    temporary_folder_remove(night->folder);
}

/*
 * server_process.h — the real binary as a process, for tests from the outside.
 *
 * The binary is named by the environment variable TICKETRUSH_BINARY (Meson sets it). It gets a data
 * folder of its own, a free port and no settings but those that the test gives.
 *
 * Thread   One thread at a time.
 * Memory   A process owns its folder when it made it: server_process_destroy() removes it.
 * Failure  What cannot fail in a sound build ends the test with words.
 * Waiting  Nothing sleeps: a server is up when its ready line has come through a pipe. A server
 *          whose test dies is killed by the kernel.
 */
#ifndef SUPPORT_SERVER_PROCESS_H
#define SUPPORT_SERVER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "support/http_client.h"

/* --- a folder that goes away ------------------------------------------------------------------ */

enum { TEMPORARY_PATH_BYTES = 256 };
void temporary_folder_make(char out_path[TEMPORARY_PATH_BYTES]);
void temporary_folder_remove(const char *path); /* with everything in it */

/* --- one subcommand from start to end --------------------------------------------------------- */

enum { OUTCOME_BYTES_MAX = 256 * 1024 };

struct outcome {
    int exit_code;                  /* 128 + the signal that ended it */
    char output[OUTCOME_BYTES_MAX]; /* standard output, terminated, cut when longer */
    char errors[OUTCOME_BYTES_MAX]; /* standard error */
};

/*
 * Runs the binary with these arguments, ended by NULL, in `folder`, with these settings
 * ("TICKETRUSH_LAB=on", ended by NULL; NULL for none). `input` comes through standard input; NULL
 * for none. Free the outcome.
 */
struct outcome *run_binary(const char *folder, const char *const *arguments,
                           const char *const *environment, const char *input);

/* --- a server --------------------------------------------------------------------------------- */

struct server_process;

struct server_process_settings {
    const char *data;               /* NULL: a new folder, removed at the end */
    const char *const *environment; /* more settings, ended by NULL; NULL for none */
};

/* Starts it on a free port of 127.0.0.1 and returns when it is ready. */
struct server_process *server_process_start(const struct server_process_settings *settings);

uint16_t server_process_port(const struct server_process *process);
const char *server_process_data(const struct server_process *process);
pid_t server_process_pid(const struct server_process *process);
/* The path of its standard error: the log, a JSON object a line. */
const char *server_process_log(const struct server_process *process);

/* A connection to it; ends the test when refused. */
struct http_client *server_process_connect(const struct server_process *process);

void server_process_signal(struct server_process *process, int signal);
/* Waits for its end; the exit code, or 128 + the signal that ended it. */
int server_process_wait(struct server_process *process);
int server_process_stop(struct server_process *process);  /* SIGTERM, and waits */
void server_process_kill(struct server_process *process); /* SIGKILL, and waits */

/* Kills what still runs, removes what it made. NULL is welcome. */
void server_process_destroy(struct server_process *process);

#endif

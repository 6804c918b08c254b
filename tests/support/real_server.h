/*
 * real_server.h — a real database, cache or broker as a child process, for tests.
 *
 * A server listens on a free port of 127.0.0.1 and keeps its data in a temporary folder. Its own
 * file (server_postgres.h, …) starts it; here is what all of them share.
 *
 * Thread   One thread at a time.
 * Memory   A server owns its process and its folder; destroy() ends the one and removes the other.
 * Failure  A server that is not installed, or does not come up, is NULL and words: the test decides
 *          whether that is a skip. A server that came up once and then does not obey ends the test.
 * Waiting  A condition is looked at every few milliseconds, SERVER_START_MS at most. A server whose
 *          test dies is ended by the kernel.
 */
#ifndef SUPPORT_REAL_SERVER_H
#define SUPPORT_REAL_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "support/server_process.h" /* temporary_folder_make() */

enum {
    SERVER_WHY_BYTES = 512,
    SERVER_ADDRESS_BYTES = 256,
    SERVER_START_MS = 60000, /* a loaded machine under a sanitizer */
    SERVER_EXIT_WITHOUT = 77 /* what a test program answers when a server is missing */
};

struct real_server {
    const char *name;                   /* "PostgreSQL" */
    const char *variable;               /* TICKETRUSH_TEST_POSTGRES: where tests find it */
    char address[SERVER_ADDRESS_BYTES]; /* what the variable holds */
    void (*destroy)(struct real_server *server);
};

/* How one is started; NULL and words into out_why. */
typedef struct real_server *real_server_starter(char out_why[SERVER_WHY_BYTES]);

/* --- for the files of the servers ------------------------------------------------------------- */

struct server_command {
    const char *const *arguments;   /* the program's path first, ended by NULL */
    const char *const *environment; /* in place of ours, ended by NULL; NULL: ours */
    const char *folder;             /* where it runs; NULL: here */
    const char *log;                /* where its output goes */
    const char *user;               /* who runs it when we are root; NULL: we */
    int death_signal;               /* what it gets when we die */
};

pid_t server_spawn(const struct server_command *command);
int server_wait(pid_t pid); /* the exit code, or 128 + the signal that ended it */
bool server_is_over(pid_t pid, int *out_code);
int server_run(const struct server_command *command); /* spawns and waits */

uint16_t server_free_port(void);
void server_pause(void); /* a few milliseconds between two looks at a condition */

/* The end of a log, for the words of a failure. */
void server_tail(const char *log, char out_words[SERVER_WHY_BYTES]);

#endif

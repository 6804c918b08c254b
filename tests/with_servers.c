/*
 * with_servers.c — starts the real servers once, runs a command that may use them, stops them.
 *
 *     build/with_servers COMMAND [ARGUMENTS…]
 *
 * The command finds each server in a variable of its environment: TICKETRUSH_TEST_POSTGRES,
 * TICKETRUSH_TEST_REDIS and TICKETRUSH_TEST_KAFKA hold addresses. A variable that is set already is
 * left alone, and no server is started for it: so one can test against a server of one's own, and
 * with_servers inside with_servers costs nothing. A server that cannot be had is named, its
 * variable stays unset, and its tests are skipped by name.
 *
 * A further server enters by one row in `starters`.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/must.h"
#include "support/server_kafka.h"
#include "support/server_postgres.h"
#include "support/server_redis.h"

static const struct {
    const char *name;
    const char *variable;
    real_server_starter *start;
} starters[] = {
    {"PostgreSQL", "TICKETRUSH_TEST_POSTGRES", server_postgres_shared},
    {"Kafka", "TICKETRUSH_TEST_KAFKA", server_kafka_shared},
    {"Redis", "TICKETRUSH_TEST_REDIS", server_redis_shared},
};

enum { SERVERS = sizeof starters / sizeof starters[0] };

static void start_all(struct real_server *servers[SERVERS])
{
    for (int i = 0; i < SERVERS; i++) {
        char why[SERVER_WHY_BYTES] = "";
        if (getenv(starters[i].variable))
            continue;
        servers[i] = starters[i].start(why);
        if (servers[i])
            must(setenv(servers[i]->variable, servers[i]->address, 1) == 0);
        else
            fprintf(stderr, "without %s: %s\n", starters[i].name, why);
    }
}

static void stop_all(struct real_server *servers[SERVERS])
{
    for (int i = SERVERS - 1; i >= 0; i--)
        if (servers[i])
            servers[i]->destroy(servers[i]);
}

static volatile sig_atomic_t child;

/* The command is told, and decides; the servers end after it. */
static void pass_on(int signal)
{
    if (child > 0)
        kill((pid_t)child, signal);
}

static int run(char *const *command)
{
    pid_t pid = fork();
    must(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        execvp(command[0], command);
        fprintf(stderr, "cannot run %s: %s\n", command[0], strerror(errno));
        _exit(127);
    }
    child = pid;
    return server_wait(pid);
}

int main(int count, char **words)
{
    struct real_server *servers[SERVERS] = {NULL};
    if (count < 2) {
        fputs("usage: with_servers COMMAND [ARGUMENTS…]\n", stderr);
        return 2;
    }
    const struct sigaction action = {.sa_handler = pass_on};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    start_all(servers);
    int code = run(words + 1);
    stop_all(servers);
    return code;
}

/*
 * server_postgres.c — initdb, postgres, and the line in which it says "ready".
 *
 * PostgreSQL refuses to run as root, so root gives the folder to the user `postgres` and runs it as
 * that one. The postmaster writes its state into the last line of postmaster.pid; this is how
 * pg_ctl knows, too.
 */
#include "support/server_postgres.h"

#include <glob.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/must.h"

enum { PATH_BYTES = TEMPORARY_PATH_BYTES + 64, TRIES = 5 };

static const char password[] = "nobody-may-read-this";

struct server_postgres {
    struct real_server shared;
    char folder[TEMPORARY_PATH_BYTES];
    char data[PATH_BYTES];
    char log[PATH_BYTES];
    char program[PATH_BYTES]; /* …/postgres */
    uint16_t port;
    pid_t pid; /* 0: over */
};

/* --- the programs ----------------------------------------------------------------------------- */

/* The newest of /usr/lib/postgresql/VERSION/bin, where Debian keeps them out of the PATH. */
static bool find_program(const char *name, char out_path[PATH_BYTES])
{
    glob_t found;
    char pattern[PATH_BYTES];
    snprintf(pattern, sizeof pattern, "/usr/lib/postgresql/*/bin/%s", name);
    bool any = glob(pattern, 0, NULL, &found) == 0;
    if (any)
        snprintf(out_path, PATH_BYTES, "%s", found.gl_pathv[found.gl_pathc - 1]);
    globfree(&found);
    return any;
}

static bool give_folder_away(const char *folder)
{
    const struct passwd *user = getpwnam("postgres");
    return geteuid() != 0 || (user && chown(folder, user->pw_uid, user->pw_gid) == 0);
}

static void write_password(const char *path)
{
    FILE *file = fopen(path, "w");
    must(file);
    fputs(password, file);
    must(fclose(file) == 0);
    must(give_folder_away(path));
}

static bool make_data(struct server_postgres *server)
{
    char initdb[PATH_BYTES], secret[PATH_BYTES], secret_option[PATH_BYTES + 16];
    if (!find_program("initdb", initdb))
        return false;
    snprintf(secret, sizeof secret, "%s/password", server->folder);
    snprintf(secret_option, sizeof secret_option, "--pwfile=%s", secret);
    write_password(secret);
    const char *const arguments[] = {initdb,
                                     "--username=ticketrush",
                                     secret_option,
                                     "--auth=scram-sha-256",
                                     "--encoding=UTF8",
                                     "--locale=C.UTF-8",
                                     "--locale-provider=icu",
                                     "--icu-locale=ko",
                                     "--no-sync",
                                     "--pgdata",
                                     server->data,
                                     NULL};
    const struct server_command command = {.arguments = arguments,
                                           .folder = server->folder,
                                           .log = server->log,
                                           .user = "postgres",
                                           .death_signal = SIGKILL};
    return server_run(&command) == 0;
}

/* --- running ---------------------------------------------------------------------------------- */

static bool says_ready(const struct server_postgres *server)
{
    char path[PATH_BYTES + 32], line[256] = "";
    snprintf(path, sizeof path, "%s/postmaster.pid", server->data);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    long pid = fgets(line, sizeof line, file) ? strtol(line, NULL, 10) : 0;
    while (fgets(line, sizeof line, file))
        continue;
    fclose(file);
    return pid == server->pid && strncmp(line, "ready", strlen("ready")) == 0;
}

static bool wait_until_ready(struct server_postgres *server)
{
    int code;
    int64_t give_up_at_us = clock_monotonic_us() + SERVER_START_MS * INT64_C(1000);
    while (!says_ready(server)) {
        if (server_is_over(server->pid, &code)) {
            server->pid = 0;
            return false;
        }
        if (clock_monotonic_us() > give_up_at_us) {
            server_postgres_kill(server);
            return false;
        }
        server_pause();
    }
    return true;
}

static bool run(struct server_postgres *server)
{
    char port[16];
    snprintf(port, sizeof port, "%u", (unsigned)server->port);
    const char *const arguments[] = {server->program,
                                     "-D",
                                     server->data,
                                     "-p",
                                     port,
                                     "-c",
                                     "listen_addresses=127.0.0.1",
                                     "-c",
                                     "unix_socket_directories=",
                                     "-c",
                                     "shared_buffers=64MB",
                                     "-c",
                                     "max_connections=200",
                                     NULL};
    /* SIGQUIT is the immediate shutdown: it takes the children along */
    const struct server_command command = {.arguments = arguments,
                                           .folder = server->folder,
                                           .log = server->log,
                                           .user = "postgres",
                                           .death_signal = SIGQUIT};
    server->pid = server_spawn(&command);
    return wait_until_ready(server);
}

static bool run_on_a_free_port(struct server_postgres *server)
{
    for (int i = 0; i < TRIES; i++) {
        server->port = server_free_port();
        if (run(server))
            return true;
    }
    return false;
}

static void destroy_shared(struct real_server *shared)
{
    server_postgres_destroy(container_of(shared, struct server_postgres, shared));
}

struct server_postgres *server_postgres_start(char out_why[SERVER_WHY_BYTES])
{
    struct server_postgres *server = calloc(1, sizeof *server);
    must(server);
    if (!find_program("postgres", server->program)) {
        snprintf(out_why, SERVER_WHY_BYTES, "PostgreSQL is not installed (package postgresql)");
        free(server);
        return NULL;
    }
    temporary_folder_make(server->folder);
    snprintf(server->data, sizeof server->data, "%s/data", server->folder);
    snprintf(server->log, sizeof server->log, "%s/log", server->folder);

    if (!give_folder_away(server->folder) || !make_data(server) || !run_on_a_free_port(server)) {
        server_tail(server->log, out_why);
        server_postgres_destroy(server);
        return NULL;
    }
    server->shared = (struct real_server){
        .name = "PostgreSQL", .variable = "TICKETRUSH_TEST_POSTGRES", .destroy = destroy_shared};
    snprintf(server->shared.address, sizeof server->shared.address,
             "postgresql://ticketrush:%s@127.0.0.1:%u/postgres", password, (unsigned)server->port);
    return server;
}

struct real_server *server_postgres_shared(char out_why[SERVER_WHY_BYTES])
{
    struct server_postgres *server = server_postgres_start(out_why);
    return server ? &server->shared : NULL;
}

const char *server_postgres_url(const struct server_postgres *server)
{
    return server->shared.address;
}

void server_postgres_kill(struct server_postgres *server)
{
    must(server->pid > 0);
    must(kill(server->pid, SIGQUIT) == 0);
    server_wait(server->pid);
    server->pid = 0;
}

void server_postgres_restart(struct server_postgres *server)
{
    must(server->pid == 0);
    must(run(server));
}

void server_postgres_destroy(struct server_postgres *server)
{
    if (!server)
        return;
    if (server->pid > 0)
        server_postgres_kill(server);
    temporary_folder_remove(server->folder);
    free(server);
}

/* --- a database for one test ------------------------------------------------------------------ */

void postgres_database_do(const char *url, const char *words)
{
    PGconn *connection = PQconnectdb(url);
    PGresult *result = PQexec(connection, words);
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!done)
        fprintf(stderr, "%s\n", PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
    must(done);
}

void postgres_database_make(const char *url, char out_url[SERVER_ADDRESS_BYTES])
{
    static unsigned count;
    char words[128];
    unsigned number = ++count;
    const char *slash = strrchr(url, '/');
    must(slash);
    snprintf(words, sizeof words, "CREATE DATABASE test_%ld_%u", (long)getpid(), number);
    postgres_database_do(url, words);
    int size = snprintf(out_url, SERVER_ADDRESS_BYTES, "%.*s/test_%ld_%u", (int)(slash - url), url,
                        (long)getpid(), number);
    must(size < SERVER_ADDRESS_BYTES);
}

void postgres_database_drop(const char *url)
{
    char house[SERVER_ADDRESS_BYTES], words[SERVER_ADDRESS_BYTES + 64];
    const char *slash = strrchr(url, '/');
    must(slash);
    snprintf(house, sizeof house, "%.*s/postgres", (int)(slash - url), url);
    snprintf(words, sizeof words, "DROP DATABASE %s WITH (FORCE)", slash + 1);
    postgres_database_do(house, words);
}

const char *postgres_url_or_skip(void)
{
    const char *url = getenv("TICKETRUSH_TEST_POSTGRES");
    if (!url)
        fputs("skipped on PostgreSQL: TICKETRUSH_TEST_POSTGRES names no server\n", stderr);
    return url;
}

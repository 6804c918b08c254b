/*
 * store_postgres_connect.c — one connection: opening it, losing it, finding it again.
 *
 * A connection that broke is given up at once and with everything that was prepared on it. Whoever
 * needs it next opens another one, unless an attempt has failed a moment ago: then the answer is
 * STATUS_IO without a look, so that a server that is down costs its callers nothing. The pauses
 * double up to POSTGRES_BACKOFF_MOST_MS and have a random part, so that many connections do not
 * knock all at once when the server is back.
 *
 * Three clocks end a wait for a peer that is silent: the server's own statement and lock time-outs,
 * TCP's (keepalive, user time-out) on both ends, and ours a little later (`patience_of()`), for a
 * server that hangs.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "store/store_postgres_inner.h"

static const char *const role_words[] = {
    [POSTGRES_WRITER] = "writer", [POSTGRES_READER] = "reader", [POSTGRES_SESSION] = "session"};

/* --- life ------------------------------------------------------------------------------------- */

struct postgres_connection *postgres_connection_create(struct store *store, enum postgres_role role)
{
    struct postgres_connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return NULL;
    uint64_t seed;
    random_secret(&seed, sizeof seed);
    random_init(&connection->random, seed);
    connection->base.store = store;
    connection->role = role;
    return connection;
}

/* What was known about the connection that is gone. */
static void forget(struct postgres_connection *connection)
{
    PQclear(connection->awaited);
    connection->awaited = NULL;
    PQfinish(connection->raw);
    connection->raw = NULL;
    connection->pending_count = 0;
    connection->in_transaction = false;
    connection->statement_count = 0;
    memset(connection->statement, 0, sizeof connection->statement);
    postgres_drop_gathered(connection);
    if (connection->role == POSTGRES_WRITER)
        postgres_store_of(connection->base.store)->claim = 0; /* the server forgets it too */
}

void postgres_connection_destroy(struct postgres_connection *connection)
{
    if (!connection)
        return;
    forget(connection);
    postgres_gather_deinit(connection);
    free(connection->copies);
    free(connection);
}

enum status postgres_lose(struct postgres_connection *connection, const char *why)
{
    store_explain(&connection->base, "%s", why);
    for (char *end = connection->base.why; *end; end++)
        if (*end == '\n')
            *end = end[1] ? ' ' : '\0'; /* libpq ends its words with a line feed */
    forget(connection);
    postgres_call_end(connection, BREAKER_FAILED);
    if (!connection->told)
        log_warn("PostgreSQL is lost", log_words("role", role_words[connection->role]),
                 log_words("why", connection->base.why));
    connection->told = true;
    return STATUS_IO;
}

/* --- opening ---------------------------------------------------------------------------------- */

enum status postgres_await(struct postgres_connection *connection, bool writing, int64_t until_ms)
{
    struct pollfd socket = {.fd = PQsocket(connection->raw),
                            .events = (short)(POLLIN | (writing ? POLLOUT : 0))};
    int64_t left_ms = until_ms - clock_monotonic_ms();
    int ready = left_ms > 0 ? poll(&socket, 1, (int)left_ms) : 0;
    if (ready == 0)
        return postgres_lose(connection, "the server does not answer in time");
    return STATUS_OK; /* a signal, too: whoever waits looks again */
}

static enum status wait_until_open(struct postgres_connection *connection)
{
    int64_t until_ms = clock_monotonic_ms() + POSTGRES_CONNECT_MS;
    for (;;) {
        PostgresPollingStatusType next = PQconnectPoll(connection->raw);
        if (next == PGRES_POLLING_OK)
            return STATUS_OK;
        if (next == PGRES_POLLING_FAILED)
            return postgres_lose(connection, PQerrorMessage(connection->raw));
        enum status status = postgres_await(connection, next == PGRES_POLLING_WRITING, until_ms);
        if (status != STATUS_OK)
            return status;
    }
}

/* What the connection needs to be, whatever the server's own settings are. */
static enum status set_up(struct postgres_connection *connection)
{
    char words[640];
    snprintf(words, sizeof words,
             "SET synchronous_commit = on; SET standard_conforming_strings = on;"
             "SET bytea_output = hex; SET default_transaction_isolation = 'read committed';"
             "SET default_transaction_read_only = %s; SET statement_timeout = %d;"
             "SET lock_timeout = %d; SET idle_in_transaction_session_timeout = %d;"
             "SET tcp_keepalives_idle = %d; SET tcp_keepalives_interval = %d;"
             "SET tcp_keepalives_count = %d; SET tcp_user_timeout = %d",
             connection->role == POSTGRES_READER ? "on" : "off", POSTGRES_STATEMENT_MS,
             postgres_store_of(connection->base.store)->busy_timeout_ms, POSTGRES_IDLE_MS,
             POSTGRES_KEEPALIVE_IDLE_SECONDS, POSTGRES_KEEPALIVE_EVERY_SECONDS,
             POSTGRES_KEEPALIVE_COUNT, POSTGRES_USER_TIMEOUT_MS);
    enum status status = postgres_simple(connection, words, POSTGRES_CONNECT_MS);
    if (status == STATUS_OK && !PQenterPipelineMode(connection->raw))
        status = postgres_lose(connection, PQerrorMessage(connection->raw));
    return status;
}

static void ignore_notice(void *nobody, const PGresult *notice)
{
    (void)nobody;
    (void)notice; /* "already exists, skipping": libpq would write it to standard error */
}

static enum status open_raw(struct postgres_connection *connection)
{
    char idle[16], every[16], count[16], user_timeout[16];
    snprintf(idle, sizeof idle, "%d", POSTGRES_KEEPALIVE_IDLE_SECONDS);
    snprintf(every, sizeof every, "%d", POSTGRES_KEEPALIVE_EVERY_SECONDS);
    snprintf(count, sizeof count, "%d", POSTGRES_KEEPALIVE_COUNT);
    snprintf(user_timeout, sizeof user_timeout, "%d", POSTGRES_USER_TIMEOUT_MS);
    const char *url = postgres_store_of(connection->base.store)->url;
    /* A later word beats an earlier one: the URL may overrule what stands before it. */
    const char *const names[] = {
        "keepalives_idle",  "keepalives_interval",       "keepalives_count",
        "tcp_user_timeout", "fallback_application_name", "target_session_attrs",
        "dbname",           "client_encoding",           NULL};
    const char *const words[] = {
        idle,         every,        count,
        user_timeout, "ticketrush", connection->role == POSTGRES_READER ? "any" : "read-write",
        url,          "UTF8",       NULL};
    connection->raw = PQconnectStartParams(names, words, 1);
    if (!connection->raw)
        return STATUS_NO_MEMORY;
    if (PQstatus(connection->raw) == CONNECTION_BAD)
        return postgres_lose(connection, PQerrorMessage(connection->raw));
    PQsetNoticeReceiver(connection->raw, ignore_notice, NULL);
    enum status status = wait_until_open(connection);
    if (status == STATUS_OK && PQsetnonblocking(connection->raw, 1) != 0)
        status = postgres_lose(connection, PQerrorMessage(connection->raw));
    return status == STATUS_OK ? set_up(connection) : status;
}

/* --- the breaker ------------------------------------------------------------------------------ */

bool postgres_call_begin(struct postgres_connection *connection)
{
    struct breaker *breaker = connection->base.store->breaker;
    if (!breaker || connection->calling)
        return true;
    connection->calling = breaker_enter(breaker, &connection->call, clock_monotonic_ms());
    return connection->calling;
}

void postgres_call_end(struct postgres_connection *connection, enum breaker_outcome outcome)
{
    if (connection->calling)
        breaker_leave(connection->base.store->breaker, &connection->call, outcome,
                      clock_monotonic_ms());
    connection->calling = false;
}

/* --- finding it again ------------------------------------------------------------------------- */

/* A server that has gone has closed its end: that much one sees without asking. Its last words may
   stand before that, so one looks twice. */
static bool looks_alive(struct postgres_connection *connection)
{
    if (connection->in_job)
        return true;
    bool first = PQconsumeInput(connection->raw);
    bool second = PQconsumeInput(connection->raw);
    return first && second && PQstatus(connection->raw) == CONNECTION_OK;
}

static void pause_longer(struct postgres_connection *connection)
{
    int64_t pause_ms = connection->pause_ms;
    connection->try_again_at_ms =
        clock_monotonic_ms() + pause_ms / 2 +
        (int64_t)random_below(&connection->random, (uint64_t)pause_ms / 2 + 1);
    connection->pause_ms =
        pause_ms * 2 < POSTGRES_BACKOFF_MOST_MS ? pause_ms * 2 : POSTGRES_BACKOFF_MOST_MS;
}

enum status postgres_connect(struct postgres_connection *connection)
{
    bool alive = connection->raw && looks_alive(connection);
    if (connection->raw && !alive)
        postgres_lose(connection, "the server has closed the connection");
    if (connection->pause_ms == 0)
        connection->pause_ms = POSTGRES_BACKOFF_LEAST_MS;
    if (!alive && clock_monotonic_ms() < connection->try_again_at_ms) {
        store_explain(&connection->base, "the server cannot be reached");
        return STATUS_IO;
    }
    if (!postgres_call_begin(connection)) {
        store_explain(&connection->base, "the server is left alone for a moment");
        return STATUS_IO;
    }
    if (alive)
        return STATUS_OK;
    enum status status = open_raw(connection);
    if (status != STATUS_OK) {
        pause_longer(connection);
        return status;
    }
    if (connection->told)
        log_info("PostgreSQL is back", log_words("role", role_words[connection->role]));
    connection->told = false;
    connection->pause_ms = 0;
    connection->failed = STATUS_OK;
    return STATUS_OK;
}

/*
 * store_postgres_exchange.c — one way there and back: what is sent, what is answered.
 *
 * The connection is in libpq's pipeline mode all the time. Statements are sent as they come and
 * remembered in `pending`; an exchange ends them with a synchronization point, and takes the
 * answers in the same order. After a refusal the server passes over everything up to that point, so
 * the first refusal is the reason and what stands behind it says nothing.
 *
 * libpq writes without waiting. While it cannot write on, answers are read: two ends that both only
 * write would wait for each other for ever.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/must.h"
#include "store/store_postgres_inner.h"

/* --- refusals --------------------------------------------------------------------------------- */

struct refusal {
    const char *state; /* SQLSTATE, or the two letters of a class */
    enum status status;
};

static const struct refusal refusals[] = {
    {"23", STATUS_CONFLICT},    /* a constraint */
    {"P0001", STATUS_CONFLICT}, /* raised by a trigger of ours */
    {"40", STATUS_BUSY},        /* a deadlock, or transactions that cannot be put in order */
    {"55P03", STATUS_BUSY},     /* a lock did not come in time */
    {"57014", STATUS_BUSY},     /* it took too long */
    {"22", STATUS_INVALID},     /* a value that is none */
    {"42", STATUS_INVALID},     /* words that are not SQL, a table that is not there */
    {"53200", STATUS_NO_MEMORY},
};

static enum status status_of(const char *state)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (strncmp(state, refusals[i].state, strlen(refusals[i].state)) == 0)
            return refusals[i].status;
    return STATUS_IO;
}

enum status postgres_refusal(struct postgres_connection *connection, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    store_explain(&connection->base, "%.200s (SQLSTATE %.5s)", words ? words : "the server refused",
                  state ? state : "?");
    connection->damaged =
        state && strncmp(state, "XX00", strlen("XX00")) == 0; /* 1: data, 2: index */
    return state ? status_of(state) : STATUS_IO;
}

/* --- sending ---------------------------------------------------------------------------------- */

enum status postgres_make_room(struct postgres_connection *connection, size_t count)
{
    if (connection->pending_count + count < POSTGRES_PENDING_MAX) /* one for the end */
        return STATUS_OK;
    return postgres_settle(connection);
}

void postgres_expect(struct postgres_connection *connection, struct postgres_pending pending)
{
    must(connection->pending_count < POSTGRES_PENDING_MAX);
    connection->pending[connection->pending_count++] = pending;
}

/* --- answers ---------------------------------------------------------------------------------- */

/* Until an answer stands in libpq's memory, and everything of ours has been sent. */
static enum status wait_for_answer(struct postgres_connection *connection, int64_t until_ms)
{
    for (;;) {
        int unsent = PQflush(connection->raw);
        if (unsent < 0)
            return postgres_lose(connection, PQerrorMessage(connection->raw));
        if (!PQisBusy(connection->raw))
            return STATUS_OK;
        enum status status = postgres_await(connection, unsent > 0, until_ms);
        if (status != STATUS_OK)
            return status;
        if (!PQconsumeInput(connection->raw))
            return postgres_lose(connection, PQerrorMessage(connection->raw));
    }
}

/* NULL in *out_result: the end of one statement's answers. */
static enum status take_answer(struct postgres_connection *connection, int64_t until_ms,
                               PGresult **out_result)
{
    enum status status = wait_for_answer(connection, until_ms);
    if (status != STATUS_OK)
        return status;
    *out_result = PQgetResult(connection->raw);
    ExecStatusType kind = PQresultStatus(*out_result);
    bool copies = kind == PGRES_COPY_IN || kind == PGRES_COPY_OUT || kind == PGRES_COPY_BOTH;
    if (PQstatus(connection->raw) != CONNECTION_BAD && !copies)
        return STATUS_OK;
    status = postgres_lose(connection, copies ? "the server wants to copy, which nobody asked for"
                                              : PQerrorMessage(connection->raw));
    PQclear(*out_result);
    return status;
}

static enum status judge_put_off(struct postgres_connection *connection, PGresult *result,
                                 int64_t row_count)
{
    int64_t changed = 0;
    if (row_count == ANY_ROWS)
        return STATUS_OK;
    if (text_to_int64(text_of(PQcmdTuples(result)), &changed) && changed == row_count)
        return STATUS_OK;
    store_explain(&connection->base, "%lld rows changed, not %lld", (long long)changed,
                  (long long)row_count);
    return STATUS_CONFLICT;
}

struct exchange {
    int64_t until_ms;
    enum status status; /* the first failure */
    bool ended;         /* by the answer to the synchronization point */
};

static void judge(struct postgres_connection *connection, struct exchange *exchange,
                  const struct postgres_pending *pending, PGresult *result)
{
    ExecStatusType kind = PQresultStatus(result);
    bool done = kind == PGRES_COMMAND_OK || kind == PGRES_TUPLES_OK;
    if (!done && pending->kind == POSTGRES_PREPARE)
        pending->statement->prepared = false;
    if (exchange->status != STATUS_OK)
        return;
    if (!done) {
        exchange->status = postgres_refusal(connection, result);
        connection->awaited_refused =
            pending->kind == POSTGRES_AWAITED ||
            (pending->kind == POSTGRES_PREPARE && pending[1].kind == POSTGRES_AWAITED);
    } else if (pending->kind == POSTGRES_PUT_OFF) {
        exchange->status = judge_put_off(connection, result, pending->row_count);
    }
}

/* All answers to one that is pending: one, and the end of them. */
static enum status take_answers(struct postgres_connection *connection, struct exchange *exchange,
                                const struct postgres_pending *pending)
{
    PGresult *result;
    for (;;) {
        enum status status = take_answer(connection, exchange->until_ms, &result);
        if (status != STATUS_OK || !result)
            return status;
        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            exchange->ended = true;
            PQclear(result);
            return STATUS_OK;
        }
        judge(connection, exchange, pending, result);
        if (pending->kind == POSTGRES_AWAITED && !connection->awaited)
            connection->awaited = result;
        else
            PQclear(result);
    }
}

/* How long one exchange may take before the server is said to hang. A lock may be waited for as
   long as it takes to hear that it was not to be had. */
static int64_t patience_of(const struct postgres_connection *connection)
{
    int64_t lock_ms = postgres_store_of(connection->base.store)->busy_timeout_ms;
    if (connection->begins || connection->role == POSTGRES_SESSION)
        return lock_ms + POSTGRES_GRACE_MS;
    if (connection->base.hurried)
        return POSTGRES_READ_MS;
    return (connection->in_snapshot ? POSTGRES_SNAPSHOT_MS : POSTGRES_STATEMENT_MS) +
           POSTGRES_GRACE_MS;
}

static enum status exchange_all(struct postgres_connection *connection)
{
    PQclear(connection->awaited);
    connection->awaited = NULL;
    connection->awaited_refused = false;
    connection->damaged = false;
    if (!PQpipelineSync(connection->raw))
        return postgres_lose(connection, PQerrorMessage(connection->raw));
    postgres_expect(connection, (struct postgres_pending){.kind = POSTGRES_SYNC});

    struct exchange exchange = {.until_ms = clock_monotonic_ms() + patience_of(connection)};
    for (size_t i = 0; i < connection->pending_count && !exchange.ended; i++) {
        enum status status = take_answers(connection, &exchange, &connection->pending[i]);
        if (status != STATUS_OK)
            return status; /* the connection is gone, and what was pending with it */
    }
    connection->pending_count = 0;
    if (!exchange.ended) /* fewer answers than questions, or more */
        return postgres_lose(connection, "the server answers something else");
    if (connection->in_transaction && exchange.status != STATUS_OK &&
        connection->failed == STATUS_OK)
        connection->failed = exchange.status;
    return exchange.status;
}

/* In the middle of a transaction the breaker counts, but it refuses only whoever begins. */
enum status postgres_settle(struct postgres_connection *connection)
{
    must(connection->raw);
    postgres_call_begin(connection);
    enum status status = exchange_all(connection);
    postgres_call_end(connection, BREAKER_WORKED); /* whatever it said; a loss was told already */
    return status;
}

/* --- outside of the pipeline ------------------------------------------------------------------ */

enum status postgres_simple(struct postgres_connection *connection, const char *words,
                            int64_t patience_ms)
{
    if (!PQsendQuery(connection->raw, words))
        return postgres_lose(connection, PQerrorMessage(connection->raw));
    int64_t until_ms = clock_monotonic_ms() + patience_ms;
    enum status answer = STATUS_OK;
    for (;;) {
        PGresult *result;
        enum status status = take_answer(connection, until_ms, &result);
        if (status != STATUS_OK || !result)
            return status == STATUS_OK ? answer : status;
        ExecStatusType kind = PQresultStatus(result);
        if (answer == STATUS_OK && kind != PGRES_COMMAND_OK && kind != PGRES_TUPLES_OK)
            answer = postgres_refusal(connection, result);
        PQclear(result);
    }
}

/*
 * store_postgres_session.c — sessions: each with a connection of its own, beside the writer's.
 *
 * The database keeps their transactions apart, as READ COMMITTED does: what a statement finds is
 * committed, and a row that another transaction is changing is waited for, lock_timeout at most.
 * BEGIN goes with the first statement and COMMIT with what was put off, so a transaction costs one
 * way there and back for each question that is asked in it, and one for its end.
 *
 * A session reads on the same connection, between its transactions.
 */
#include <stdlib.h>

#include "base/must.h"
#include "store/store_postgres_inner.h"

enum status postgres_session_open(struct store *store, struct store_session **out_session)
{
    struct store_session *session = calloc(1, sizeof *session);
    struct postgres_connection *connection = postgres_connection_create(store, POSTGRES_SESSION);
    enum status status = session && connection ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = postgres_connect(connection);
    if (status != STATUS_OK) {
        postgres_connection_destroy(connection);
        free(session);
        return status;
    }
    *session = (struct store_session){.store = store, .reader = &connection->base};
    *out_session = session;
    return STATUS_OK;
}

enum status postgres_session_run(struct store_session *session, struct store_job *job)
{
    static const struct sql begin = {"BEGIN"};
    struct postgres_connection *connection = postgres_of(session->reader);
    enum status status = postgres_begin(connection, &begin);
    if (status == STATUS_OK)
        status = job->work(job, session->reader);
    if (status == STATUS_OK && !connection->in_transaction)
        status = STATUS_IO; /* the work has passed over it */
    if (status == STATUS_OK)
        return postgres_end(connection);
    postgres_rollback(session->reader);
    return status;
}

void postgres_session_close(struct store_session *session)
{
    postgres_connection_destroy(postgres_of(session->reader));
    free(session);
}

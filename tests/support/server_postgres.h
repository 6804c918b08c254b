/*
 * server_postgres.h — a real PostgreSQL for tests, with a password, that can be killed and started
 * again on its port and its data.
 *
 * Thread   One thread at a time.
 * Memory   server_postgres_destroy() ends the server and removes its folder.
 * Promise  It is started as a user would: fsync and synchronous_commit are on. Its databases sort
 *          by the rules of Korean, so that what relies on the order of bytes must say so.
 * Failure  As real_server.h says.
 */
#ifndef SUPPORT_SERVER_POSTGRES_H
#define SUPPORT_SERVER_POSTGRES_H

#include "support/real_server.h"

struct server_postgres;

/* A new server with an empty data folder. NULL and words when it is not installed. */
struct server_postgres *server_postgres_start(char out_why[SERVER_WHY_BYTES]);
void server_postgres_destroy(struct server_postgres *server); /* NULL is welcome */

/* postgresql://ticketrush:PASSWORD@127.0.0.1:PORT/postgres */
const char *server_postgres_url(const struct server_postgres *server);

/* The same as `pg_ctl stop -m immediate`: every connection breaks, nothing is tidied. */
void server_postgres_kill(struct server_postgres *server);
/* On the same port and data; returns when it takes connections. */
void server_postgres_restart(struct server_postgres *server);

/* For with_servers: one that is ended by real_server.destroy(). */
struct real_server *server_postgres_shared(char out_why[SERVER_WHY_BYTES]);

/* --- a database for one test ------------------------------------------------------------------ */

/* A new, empty database on the server at `url`; its own URL. */
void postgres_database_make(const char *url, char out_url[SERVER_ADDRESS_BYTES]);
/* Cuts who is still connected to it. */
void postgres_database_drop(const char *url);
/* Statements that the test wants done from the outside; ends the test when one fails. */
void postgres_database_do(const char *url, const char *words);

/* The shared server's URL, or NULL: then says by name that its tests are skipped. */
const char *postgres_url_or_skip(void);

#endif

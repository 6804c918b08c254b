/*
 * databases.h — every kind of database a store can stand on, for tests that run on all of them.
 *
 *     static int run(enum database_kind kind) { …; return cmocka_run_group_tests_name(…); }
 *     int main(void) { return databases_each(run); }
 *
 * Thread   One thread at a time.
 * Memory   database_remove() gives the database back, with all that stands in it.
 * Failure  A kind whose server is missing is named and passed over; then the program answers
 *          SERVER_EXIT_WITHOUT when all else is well. Any other failure ends the test.
 */
#ifndef SUPPORT_DATABASES_H
#define SUPPORT_DATABASES_H

#include "store/store.h"

enum database_kind { DATABASE_SQLITE, DATABASE_POSTGRES, DATABASE_KIND_COUNT };

const char *database_kind_name(enum database_kind kind);

/* Runs the tests of one kind after the other; the exit code of main(). */
int databases_each(int (*run)(enum database_kind kind));

/* A new and empty one. */
struct database;
struct database *database_make(enum database_kind kind);
void database_remove(struct database *database); /* NULL is welcome */

/* "TICKETRUSH_STORE=…": makes the binary use it. SQLite's names the kind; the file is another. */
const char *database_setting(const struct database *database);

/* A store on it; several at once are several processes. A `busy_timeout_ms` of 0 is the default. */
MUST_USE enum status database_open(const struct database *database, int busy_timeout_ms,
                                   struct store **out_store);

#endif

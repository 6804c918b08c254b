/*
 * test_sale.h — a running server with one open sale and a few people, for tests from the outside.
 *
 * The sale is there before the server starts, so nothing waits for it to be noticed.
 *
 * Thread   One thread at a time.
 * Memory   Everything of it goes away with test_sale_close().
 * Failure  What cannot fail in a sound build ends the test with words.
 */
#ifndef SUPPORT_TEST_SALE_H
#define SUPPORT_TEST_SALE_H

#include "base/ids.h"
#include "support/databases.h"
#include "support/server_process.h"

enum { TEST_TOKEN_BYTES = 1024, TEST_SEATS = 40 };

struct test_sale {
    char folder[TEMPORARY_PATH_BYTES];
    char data_setting[TEMPORARY_PATH_BYTES + 32]; /* "TICKETRUSH_DATA=…" */
    struct database *database;                    /* NULL: the file in the folder */
    struct server_process *server;
    struct http_client *client;
    int64_t option, first_seat;
    char mina[TEST_TOKEN_BYTES], joon[TEST_TOKEN_BYTES]; /* two fans */
    char operator[TEST_TOKEN_BYTES];
};

/* Which kind of database sales are made on from now on; SQLite at first. */
void test_sale_use(enum database_kind used);

/* `environment` as in server_process.h. TEST_SEATS seats, four a fan, holds of ten minutes. */
struct test_sale *test_sale_open(const char *const *environment);
void test_sale_close(struct test_sale *sale);

/* Kills the server and starts it again on the same data. */
void test_sale_restart(struct test_sale *sale, const char *const *environment);

/* Its database, beside the running server. */
struct store *test_sale_store(const struct test_sale *sale);

/* A token for this fan, signed with the server's own key; `age_ms` ago, to make one that has
   expired. */
void test_sale_token(const struct test_sale *sale, int64_t fan, int64_t age_ms,
                     char out_token[TEST_TOKEN_BYTES]);

/* What the database says of everything that a request could change, as one text to compare. */
enum { TEST_FINGERPRINT_BYTES = 512 };
void test_sale_fingerprint(const struct test_sale *sale, char out_words[TEST_FINGERPRINT_BYTES]);

/* Runs the audit on the live database; ends the test unless it is clean. */
void test_sale_audit(const struct test_sale *sale);

/* `token`, `key` (Idempotency-Key) and `json` may be NULL. */
struct http_reply test_sale_ask(struct test_sale *sale, const char *method, const char *path,
                                const char *token, const char *key, const char *json);

/* End the test with what was answered instead. */
void reply_must_be(const struct http_reply *reply, int status);
void reply_must_refuse(const struct http_reply *reply, int status, const char *code);

/* A whole number in a JSON body: the first one behind "name":. Ends the test when there is none. */
int64_t reply_number(const struct http_reply *reply, const char *name);

#endif

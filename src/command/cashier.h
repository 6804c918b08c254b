/*
 * cashier.h — everything about money, wired: gateway, payments, refunds of whole dates, news, and
 * the eye on the ledger.
 *
 * Thread   The main thread; cashier_read() any.
 * Memory   cashier_close() gives everything back; it copes with what was never opened.
 * Failure  False: the user has been told why.
 */
#ifndef COMMAND_CASHIER_H
#define COMMAND_CASHIER_H

#include <stdbool.h>
#include <stdint.h>

struct breakers;
struct bus;
struct command;
struct gateway;
struct http_app;
struct ledger_watch;
struct metrics_readings;
struct publisher;
struct store_connection;

struct cashier {
    const struct command *command;
    struct http_app *app;
    struct gateway *gateway;
    struct publisher *publisher; /* NULL: there is no bus, and news waits in the store */
    struct ledger_watch *watch;
};

/* `app` has its store, booking, workers and readers already, and gets what endpoints want to know;
   `reader` is the main thread's; `bus` may be NULL. */
bool cashier_open(struct cashier *cashier, const struct command *command, struct http_app *app,
                  struct store_connection *reader, struct breakers *breakers, struct bus *bus);

/* Goes on with what an earlier process left open; when nothing else can keep the start from
   succeeding, for the gateway is asked at once. */
bool cashier_take_up(struct cashier *cashier, struct store_connection *reader);

void cashier_tick(struct cashier *cashier, int64_t monotonic_ms);

/* Waits for what is under way, at most `drain_ms`; false: something is left for the next start. */
bool cashier_settle(struct cashier *cashier, int64_t drain_ms);

/* Whom the page has to speak with so that fans can pay; "" for nobody. */
const char *cashier_page_origins(const struct cashier *cashier);

/* After the store's writer has stopped. */
void cashier_close(struct cashier *cashier);

/* What is counted, for the metrics. */
void cashier_read(const struct cashier *cashier, struct metrics_readings *readings);

#endif

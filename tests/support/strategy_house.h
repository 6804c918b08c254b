/*
 * strategy_house.h — a sale of any strategy on any database, pressed by many fans at once.
 *
 * Thread   One thread at a time.
 * Memory   Everything of it goes away with strategy_house_close().
 * Time     The wall clock's, and as much later as strategy_house_wait() says.
 * Failure  What cannot fail in a sound build ends the test.
 */
#ifndef SUPPORT_STRATEGY_HOUSE_H
#define SUPPORT_STRATEGY_HOUSE_H

#include <pthread.h>

#include "audit/audit.h"
#include "booking/booking.h"
#include "catalog/plain_sale.h"
#include "strategies/strategies.h"
#include "support/databases.h"

enum { HOUSE_SEATS = 40, HOUSE_HOLD_SECONDS = 600, HOUSE_MAX_PER_FAN = 4, HOUSE_WORKERS = 8 };

struct strategy_house_settings {
    enum database_kind kind;
    const struct database *database; /* NULL: a new one, with a sale; or that of another house */
    const struct plain_sale_made *sale;
    const char *url; /* of a PostgreSQL database that is the test's own business; NULL: none */
    const char *strategy, *lock;
    bool no_lab;
    size_t worker_count; /* 0: HOUSE_WORKERS */
    struct strategies_watcher *watcher;
    struct lock *lock_service; /* NULL: one of this process */
};

struct strategy_house {
    struct database *database; /* NULL: another house's */
    struct store *store;
    struct boards *boards;
    struct booking *booking;
    struct strategies *strategies;
    struct lock *lock; /* NULL: the caller's */
    struct plain_sale_made sale;
    struct audit_report report;
};

struct strategy_house *strategy_house_open(const struct strategy_house_settings *settings);
void strategy_house_close(struct strategy_house *house);

/* --- pressing --------------------------------------------------------------------------------- */

struct fan_press { /* one press, until it is answered */
    struct booking_ask ask;
    struct strategies_errand errand;
    struct strategy_house *house;
    bool answered;
};

/* Seat `first` (from 0) and its neighbours; the same `key` is the same press. */
void fan_wants(struct fan_press *press, struct strategy_house *house, int64_t fan, uint32_t first,
               uint32_t count, const char *key);
void fan_wants_best(struct fan_press *press, struct strategy_house *house, int64_t fan,
                    uint32_t count, const char *key);

void fan_press(struct fan_press *press); /* returns at once */
void fan_wait(struct fan_press *presses, size_t count);
enum booking_verdict fan_hears(struct fan_press *press); /* presses and waits */

/* What follows a reservation, by the engine. */
enum booking_verdict fan_asks(struct strategy_house *house, const struct fan_press *of,
                              enum booking_kind kind);

/* Time passes for everybody, and what is due happens. */
void strategy_house_wait(struct strategy_house *house, int64_t ms);

enum seat_state strategy_house_seat(const struct strategy_house *house, uint32_t seat);

/* In a job of the store: for what a test wants different. */
void strategy_house_do(struct strategy_house *house, const char *words);
int64_t strategy_house_count(struct strategy_house *house, const struct sql *sql);

/* Looks at the whole database; the report is house->report. */
bool strategy_house_is_clean(struct strategy_house *house);

#endif

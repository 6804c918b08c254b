/*
 * booking_house.h — an engine on a database of its own, with one small sale; time is a number.
 *
 *     static void a_story(void **state)
 *     {
 *         struct booking_house *house = *state;
 *         booking_house_start(house);
 *         … booking_submit(), store_turn() …
 *         booking_house_stop(house);           as often as a story wants
 *     }
 *
 * Thread   One thread at a time: the store's turns run on the caller.
 * Memory   The house is the state of cmocka's set-up and tear-down.
 * Failure  Ends the test.
 */
#ifndef SUPPORT_BOOKING_HOUSE_H
#define SUPPORT_BOOKING_HOUSE_H

#include "booking/booking.h"
#include "catalog/plain_sale.h"
#include "store/store.h"
#include "support/databases.h"

enum {
    HOUSE_OPENS_AT_MS = 1000000,
    HOUSE_CLOSES_AT_MS = 2000000,
    HOUSE_HOLD_SECONDS = 60,
    HOUSE_SEATS = 20,
};

struct booking_house {
    struct database *database;
    struct store *store;
    struct store_connection *reader;
    struct boards *boards;
    struct booking *booking;
    struct plain_sale_made sale;
};

extern enum database_kind booking_house_kind; /* of the next house */
extern int64_t booking_house_now_ms; /* the engine's clock; a new house begins at the opening */

int booking_house_make(void **state);
int booking_house_leave(void **state);

/* The engine alone: it knows what the store knows. */
void booking_house_start(struct booking_house *house);
void booking_house_stop(struct booking_house *house);

/* A press of one seat by its id, under the key `key`; answered by a later turn. */
void booking_house_press(struct booking_house *house, struct booking_ask *ask, int64_t fan,
                         int64_t key, int64_t seat_id);

/* No promise is broken. */
void booking_house_audit(struct booking_house *house);

#endif

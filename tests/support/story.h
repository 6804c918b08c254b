/*
 * story.h — one opening night from a seed: the world, what fans asked for, and what must be true of
 * both. tests/story/booking_story_test.c tells it, story_checks.c holds it to its word.
 *
 * Thread   One.
 * Memory   A story is the test's; everything in it is taken whole.
 */
#ifndef SUPPORT_STORY_H
#define SUPPORT_STORY_H

#include "base/random.h"
#include "booking/booking.h"
#include "catalog/plain_sale.h"
#include "payment/payments.h"
#include "payment/refund_runs.h"
#include "payment/webhook.h"
#include "store/store_adapter.h"
#include "support/databases.h"
#include "support/server_process.h"
#include "support/story_gateway.h"

enum {
    SMALL_NIGHT_STEPS = 600, /* forty fans on sixty seats: everybody meets everybody */
    SMALL_NIGHT_FANS = 40,
    SMALL_NIGHT_SEATS = 60,
    LARGE_NIGHT_STEPS = 12000, /* every fiftieth: thousands of fans */
    LARGE_NIGHT_FANS = 3000,
    LARGE_NIGHT_SEATS = 1000,
    ACTS_MAX = 2 * LARGE_NIGHT_STEPS + 1,
    OPENS_AT_MS = 1000000,
    HOLD_MS = 60000,
    MAX_PER_FAN = 4,
    OPERATOR = 1000000,
};

enum act_kind { ACT_HOLD, ACT_CANCEL, ACT_PAY, ACT_REFUND, ACT_WEBHOOK };

struct act { /* one thing a fan asked for, and what was heard of it */
    struct booking_ask ask;
    struct payment_wait wait;
    struct refund_wait refund_wait;
    struct store_job job; /* ACT_WEBHOOK */
    struct webhook webhook;
    struct webhook_kept kept;
    struct story *story;
    enum act_kind kind;
    int epoch; /* of the world that was asked */
    bool answered;
    size_t target; /* ACT_CANCEL, ACT_PAY: the act that made the hold */
    char key[24];
    const char *outcome;
    bool acknowledged;
    struct reservation_id reservation;
    struct payment_id payment;
    bool refund_asked;  /* ACT_PAY: the seats may have been given back since */
    int64_t refund_won; /* ACT_REFUND; 0: all that is left */
    struct fan_id asked_by;
    struct refund_id refund;
    int64_t expires_at_ms;
};

struct story {
    struct random chance;
    int step_count;
    uint32_t fan_count, seat_count;
    char folder[TEMPORARY_PATH_BYTES];
    struct database *database; /* on a server; NULL: files in the folder */
    bool is_dead;              /* crashed: nothing of this world is committed any more */
    int epoch;
    bool crash_now; /* the next turn crashes in its middle */
    bool fail_now;  /* the disk refuses something in the next turn */
    bool doubt_now; /* nobody can tell what becomes of the next commit */

    struct store *store;
    struct store_ops doubtful_ops; /* the store's own, with commit_in_doubt() */
    enum status (*commit)(struct store_connection *writer);
    struct store_connection *reader;
    struct boards *boards;
    struct booking *booking;
    struct payments *payments;
    struct refund_runs *runs;
    struct story_gateway gateway;
    struct story_book book;

    struct plain_sale_made sale;
    struct act acts[ACTS_MAX];
    size_t act_count;
    bool called_off; /* everything is given back */
    size_t crash_count, held_count, paid_count, refunded_count;
};

/* The story's own time, wall milliseconds. */
int64_t story_clock(void);

/* --- what must be true; each ends the test otherwise ------------------------------------------ */

/* At any time after a start: what was acknowledged is there, and no promise is broken. */
void story_check_acknowledged(struct story *story);
void story_audit(struct story *story);

/* At the end: our books and the gateway's say the same, payment by payment; the board shows what
   the store says; no webhook has missed its payment. */
void story_compare_books(struct story *story);
void story_compare_board(struct story *story);
void story_compare_webhooks(struct story *story);

/* After the concert was called off: nothing is left to be given back. */
void story_expect_all_back(struct story *story);

#endif

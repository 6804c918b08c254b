/*
 * payments.h — paying for a reservation, step by step, so that no crash between two steps costs
 * anybody a ticket or money.
 *
 *     turn      HOLD → PAYING, payment READY                      one commit
 *     gateway   takes the money, or declines; without an answer:
 *     writer    payment UNKNOWN, and the gateway is asked until it knows
 *     turn      PAYING → CONFIRMED, payment CAPTURED, ledger      one commit
 *            or PAYING → HOLD, payment FAILED
 *            or, when the hold has ended meanwhile and its seats are all free still:
 *            EXPIRED → CONFIRMED, payment CAPTURED, ledger
 *     writer or, when they are not: payment CAPTURED, ledger, and a refund of all of it REQUESTED
 *            by the house, which refunds.h carries out
 *
 * A payment that was READY or UNKNOWN when the process ended is asked about at the next start.
 * A last step whose commit failed is tried again until it holds; the fan is answered "pending"
 * meanwhile. A first step of which nobody knows whether it was kept is found again or done anew;
 * the fan is answered "unknown" meanwhile.
 *
 * Thread   payments_tick(): one. The others: any. on_answer(): any thread but a loop.
 * Memory   An attempt belongs to payments until it is settled; the waiting side (struct
 *          payment_wait) is the caller's until its on_answer(), which comes exactly once.
 * Limits   PAYMENTS_UNDER_WAY_MAX attempts at once; one more is STATUS_FULL.
 */
#ifndef PAYMENT_PAYMENTS_H
#define PAYMENT_PAYMENTS_H

#include "booking/booking.h"
#include "payment/gateway.h"
#include "payment/payment_store.h"
#include "payment/refunds.h"

struct payments;

enum payment_verdict {
    PAYMENT_DONE,        /* captured: the reservation is CONFIRMED */
    PAYMENT_DECLINED,    /* the hold stays as long as it would have */
    PAYMENT_PENDING,     /* READY or UNKNOWN; GET /api/payments/{id} will tell */
    PAYMENT_TOO_LATE,    /* the hold had ended: the money is being given back */
    PAYMENT_KEY_REUSED,  /* this key came with another body before */
    PAYMENT_NOT_LIVE,    /* no live reservation of this fan: the store knows what became of it */
    PAYMENT_IN_PROGRESS, /* another payment of this reservation is under way */
    PAYMENT_ALREADY_PAID,
    PAYMENT_BUSY, /* nothing was done, or it was undone: `status` says why */
};

struct payment_wait {
    void (*on_answer)(struct payment_wait *wait);
    enum payment_verdict verdict;
    enum status status;
    struct payment payment; /* but for NOT_LIVE, IN_PROGRESS, ALREADY_PAID and BUSY */
    char reason[64];
};

struct payment_order { /* what a fan asks for; texts are copied */
    struct fan_id fan;
    struct reservation_id reservation;
    struct text key;
    int64_t request_hash;
    struct text gateway_data; /* at most PAYMENT_DATA_BYTES_MAX */
    struct text order_id;     /* at most PAYMENT_ORDER_BYTES_MAX; empty: we choose one */
    struct text gateway_key;  /* at most GATEWAY_KEY_BYTES_MAX; may be empty */
};

struct payments_settings { /* all are borrowed for the life of the payments */
    struct store *store;
    struct booking *booking;
    struct gateway *gateway;
    int64_t (*now_ms)(void); /* NULL: the machine's wall clock */
    uint64_t seed;           /* of the jitter; 0: by chance */
};

/* NULL when memory is short. */
struct payments *payments_create(const struct payments_settings *settings);

/* After the gateway and the store's writer have stopped and booking has closed. NULL is welcome. */
void payments_destroy(struct payments *payments);

/* Takes up every payment that an earlier process left open; returns how many. Call it once, before
   serving; the settling itself goes on in the background. */
MUST_USE enum status payments_take_up(struct payments *payments, struct store_connection *reader,
                                      size_t *out_count);

/* STATUS_FULL, STATUS_NO_MEMORY: nothing was done, and on_answer() will not come. */
MUST_USE enum status payments_pay(struct payments *payments, const struct payment_order *order,
                                  struct payment_wait *wait);

/* Asks and writes what is due; call it every now and then. */
void payments_tick(struct payments *payments);

/* Somebody says that there is news of this payment: if it waits for an answer, it is asked about
   with the next tick. */
void payments_hint(struct payments *payments, struct payment_id id);

/* The name of the gateway, as clients spell it. */
const char *payments_gateway(const struct payments *payments);

/* The refunds of these payments; payments_tick() and payments_take_up() see to them too. */
struct refunds *payments_refunds(struct payments *payments);

struct payments_reading {
    size_t under_way_count, unknown_count;
    int64_t oldest_unknown_at_ms; /* 0: none is unknown */
};
struct payments_reading payments_read(struct payments *payments);

/* Attempts and refunds under way. */
size_t payments_under_way(struct payments *payments);

#endif

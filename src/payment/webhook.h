/*
 * webhook.h — what a gateway tells without being asked: is it the gateway, and about which payment?
 *
 * A delivery is signed as Toss Payments documents it: HMAC-SHA256 of "BODY:TRANSMISSION-TIME" with
 * a shared secret, in base64, behind "v1:" in the header; while a secret is being changed there are
 * several, of which one must fit. Comparing takes the same time whatever differs.
 *
 * What a webhook says of a payment is never believed. It says that there is news, and the gateway
 * is asked: so a forged, repeated, late or disordered one can do no more than cost a question.
 *
 * Toss Payments signs only some kinds of events, and those of payments are not among them. So a
 * delivery without any signature is taken for what it is, a hint by anybody: it may end the pause
 * of an open payment, at most WEBHOOK_HINTS_PER_SECOND times a second, and nothing is written of
 * it. One with a signature that does not fit is refused.
 *
 * Thread   webhook_read(): any; pure. webhook_keep(): the writer thread, inside a transaction.
 * Memory   None of its own.
 * Limits   WEBHOOK_AGE_MS_MAX from its transmission time, WEBHOOK_SIGNATURES_MAX signatures.
 */
#ifndef PAYMENT_WEBHOOK_H
#define PAYMENT_WEBHOOK_H

#include <stdbool.h>

#include "base/status.h"
#include "base/text.h"
#include "limits.h"
#include "payment/payment_store.h"
#include "store/store.h"

struct webhook_delivery { /* as it came; bytes == NULL where a header is missing */
    struct text body;
    struct text signature; /* tosspayments-webhook-signature */
    struct text sent_at;   /* tosspayments-webhook-transmission-time */
    struct text id;        /* tosspayments-webhook-transmission-id; may be missing */
};

enum webhook_verdict {
    WEBHOOK_GOOD,
    WEBHOOK_UNSIGNED, /* by anybody: a hint and no more; `order_id` and `said` are filled */
    WEBHOOK_OTHER,    /* genuine, but not about a payment: nothing is done */
    WEBHOOK_FORGED,   /* no signature fits */
    WEBHOOK_STALE,    /* genuine once, but sent too long ago, or in the future */
    WEBHOOK_GARBAGE,  /* signed, and not what is documented */
};

enum { WEBHOOK_WORD_BYTES = 65 };

struct webhook {
    char delivery[WEBHOOK_WORD_BYTES]; /* its name; the same for every repetition */
    char order_id[WEBHOOK_WORD_BYTES];
    char said[WEBHOOK_WORD_BYTES]; /* the state it claims */
};

enum webhook_verdict webhook_read(const struct webhook_delivery *delivery, struct text secret,
                                  int64_t now_ms, struct webhook *out_webhook);

struct webhook_kept {
    bool repeated;  /* it had come before; nothing was written */
    bool matched;   /* `payment` is whom it is about; otherwise it waits for that payment */
    bool disagrees; /* it tells of money given back that nobody here has asked for */
    struct payment payment;
};

/* Writes it down, once. */
MUST_USE enum status webhook_keep(struct store_connection *connection, const char *gateway,
                                  const struct webhook *webhook, int64_t now_ms,
                                  struct webhook_kept *out_kept);

/* A new payment: webhooks that came before it are about it. */
MUST_USE enum status webhook_match(struct store_connection *connection,
                                   const struct payment *payment, struct payment_id id);

#endif

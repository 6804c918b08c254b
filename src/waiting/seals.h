/*
 * seals.h — the keys of the waiting room: for entry tokens, challenges and receipts.
 *
 * They stand in a folder of their own, as the keys of access tokens do (account/token_keys.h):
 * nodes that share the folder accept what the others have sealed, and a key that was rotated away
 * stays good for checking until it is removed.
 *
 *     entry token   TRE1.KID.payload.mac     HMAC-SHA-256, 1 µs to check, no look-up
 *     receipt       TRR1.payload.signature   Ed25519: anybody can check it, also without us
 *
 * Thread   Opened on the main thread; then read-only, for any.
 * Memory   Owns its keys, wiped at the end.
 * Secrets  Keys never leave this module; a receipt's public key is public.
 */
#ifndef WAITING_SEALS_H
#define WAITING_SEALS_H

#include "base/ids.h"
#include "base/status.h"
#include "base/text.h"
#include "limits.h"

struct seals;

MUST_USE enum status seals_open(const char *folder, char out_why[256], struct seals **out_seals);
void seals_close(struct seals *seals); /* NULL is welcome */

/* The name of the newest key: a line keeps to the one it began with. */
const char *seals_newest(const struct seals *seals);

/* --- passes: for ourselves to recognize ------------------------------------------------------- */

enum pass_kind { PASS_ENTRY = 1, PASS_CHALLENGE = 2 };

struct pass {
    enum pass_kind kind;
    struct option_id option;
    struct fan_id fan;
    int64_t number; /* PASS_ENTRY: the sequence; PASS_CHALLENGE: when it was set, wall ms */
    int64_t expires_at_ms;
};

enum { PASS_TEXT_BYTES = WAITING_PASS_BYTES_MAX + 1 };
void pass_write(const struct seals *seals, const struct pass *pass, char out_text[PASS_TEXT_BYTES]);

/* False for whatever these keys have not sealed, and for another kind. Whether it has expired and
   whose it is, is for the caller to see. */
bool pass_read(const struct seals *seals, struct text text, enum pass_kind kind,
               struct pass *out_pass);

/* --- receipts: for everybody to check --------------------------------------------------------- */

struct receipt {
    struct option_id option;
    struct fan_id fan;
    uint32_t sequence;
    uint8_t door;
};

enum {
    RECEIPT_TEXT_BYTES = WAITING_RECEIPT_BYTES_MAX + 1,
    RECEIPT_KEY_BYTES = 32,
    RECEIPT_TAG_BYTES = 16, /* what the log has of it: see receipt_tag() */
    RECEIPT_PAYLOAD_BYTES = 192,
};

/* False when there is no key of this name. */
bool receipt_public_key(const struct seals *seals, const char *kid,
                        unsigned char out_key[RECEIPT_KEY_BYTES]);
/* The same receipt for the same place, whenever it is written. */
bool receipt_write(const struct seals *seals, const char *kid, const struct receipt *receipt,
                   char out_text[RECEIPT_TEXT_BYTES]);

/*
 * The first 16 bytes of the SHA-256 of the payload, which has a number in it that nobody can guess:
 * so the log shows that there is a receipt, and only who has it can say whose. False: no such key.
 */
bool receipt_tag(const struct seals *seals, const char *kid, const struct receipt *receipt,
                 unsigned char out_tag[RECEIPT_TAG_BYTES]);

/* Offline, with the public key alone. False: not signed by it, or not readable. */
bool receipt_check(struct text text, const unsigned char key[RECEIPT_KEY_BYTES],
                   struct receipt *out_receipt, unsigned char out_tag[RECEIPT_TAG_BYTES]);

/* The head of a log is signed with the same key. */
enum { SEAL_SIGNATURE_BYTES = 64 };
bool seals_sign(const struct seals *seals, const char *kid, struct text words,
                unsigned char out_signature[SEAL_SIGNATURE_BYTES]);
bool seals_is_signed(struct text words, const unsigned char signature[SEAL_SIGNATURE_BYTES],
                     const unsigned char key[RECEIPT_KEY_BYTES]);

#endif

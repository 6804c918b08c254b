/*
 * ticket.h — a ticket: what was bought, signed, so that a gate can check it without asking us.
 *
 *     TR1.<payload>.<signature>      both base64url without padding
 *
 * The payload is JSON: {"r":reservation,"o":option,"f":fan,"s":[seats]}. The signature is Ed25519
 * (RFC 8032) over everything before the second dot. TR1 names the form; another form gets another
 * number.
 *
 * Thread   Any; a signer is read-only once open.
 * Memory   Results in the arena given.
 * Secrets  The signing key lives in a file (0600), made at the first start.
 */
#ifndef PAYMENT_TICKET_H
#define PAYMENT_TICKET_H

#include "base/arena.h"
#include "base/status.h"
#include "booking/reservation_read.h"

struct ticket_signer;

/* `folder`/ticket.key; makes it when it is not there. */
MUST_USE enum status ticket_signer_open(const char *folder, char out_why[256],
                                        struct ticket_signer **out_signer);
void ticket_signer_close(struct ticket_signer *signer); /* NULL is welcome; wipes the key */

/* bytes == NULL when memory is short. */
struct text ticket_sign(const struct ticket_signer *signer,
                        const struct reservation_view *reservation, struct arena *arena);

/* False for anything that this signer has not signed. */
bool ticket_is_genuine(const struct ticket_signer *signer, struct text ticket);

/* --- without us ------------------------------------------------------------------------------- */

/* Ed25519's 32 bytes in base64url without padding, terminated. */
enum { TICKET_KEY_BYTES = 44 };
void ticket_public_key(const struct ticket_signer *signer, char out_key[TICKET_KEY_BYTES]);

struct ticket_facts {
    struct reservation_id reservation;
    struct option_id option;
    struct fan_id fan;
};

/* All that a gate without a network can know: the ticket was signed by whoever has this key's other
   half. That it has been given back or used since, it cannot know. */
enum ticket_check_verdict { TICKET_CHECK_GOOD, TICKET_CHECK_BAD_KEY, TICKET_CHECK_FORGED };
enum ticket_check_verdict ticket_check_offline(struct text public_key, struct text ticket,
                                               struct ticket_facts *out_facts);

/* --- reading ---------------------------------------------------------------------------------- */

/* What a genuine ticket stands for; false for any other. */
bool ticket_read(const struct ticket_signer *signer, struct text ticket,
                 struct reservation_id *out_reservation, struct fan_id *out_fan);

/* The ticket's QR code (ISO/IEC 18004, error correction M) as an SVG document. */
struct text ticket_qr_svg(struct text ticket, struct arena *arena);

#endif

/* ticket.c — libsodium signs, libqrencode draws the modules, we write them as one SVG path. */
#include "payment/ticket.h"

#include <errno.h>
#include <fcntl.h>
#include <qrencode.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "base/must.h"

struct ticket_signer {
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
};

static const char FORM[] = "TR1.";

/* --- the key ---------------------------------------------------------------------------------- */

static enum status read_seed(const char *path, unsigned char seed[crypto_sign_SEEDBYTES])
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return errno == ENOENT ? STATUS_MISSING : STATUS_IO;
    ssize_t size = read(file, seed, crypto_sign_SEEDBYTES);
    close(file);
    return size == crypto_sign_SEEDBYTES ? STATUS_OK : STATUS_INVALID;
}

/* Written beside and linked into place: of two processes that start at once, one wins whole. */
static enum status write_seed(const char *path, const unsigned char seed[crypto_sign_SEEDBYTES])
{
    char beside[512];
    snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid());
    int file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return STATUS_IO;
    bool written =
        write(file, seed, crypto_sign_SEEDBYTES) == crypto_sign_SEEDBYTES && fsync(file) == 0;
    close(file);
    bool linked = written && (link(beside, path) == 0 || errno == EEXIST);
    unlink(beside);
    return linked ? STATUS_OK : STATUS_IO;
}

static enum status find_seed(const char *path, unsigned char seed[crypto_sign_SEEDBYTES])
{
    enum status status = read_seed(path, seed);
    if (status != STATUS_MISSING)
        return status;
    randombytes_buf(seed, crypto_sign_SEEDBYTES);
    status = write_seed(path, seed);
    return status == STATUS_OK ? read_seed(path, seed) : status;
}

enum status ticket_signer_open(const char *folder, char out_why[256],
                               struct ticket_signer **out_signer)
{
    int ready = sodium_init();
    must(ready >= 0);
    struct ticket_signer *signer = calloc(1, sizeof *signer);
    if (!signer)
        return STATUS_NO_MEMORY;
    char path[400];
    snprintf(path, sizeof path, "%s/ticket.key", folder);
    unsigned char seed[crypto_sign_SEEDBYTES];
    enum status status = find_seed(path, seed);
    if (status != STATUS_OK) {
        snprintf(out_why, 256, "the ticket key %.180s cannot be read or made", path);
        ticket_signer_close(signer);
        return status;
    }
    int failed = crypto_sign_seed_keypair(signer->public_key, signer->secret_key, seed);
    must(!failed);
    sodium_memzero(seed, sizeof seed);
    *out_signer = signer;
    return STATUS_OK;
}

void ticket_signer_close(struct ticket_signer *signer)
{
    if (!signer)
        return;
    sodium_memzero(signer, sizeof *signer);
    free(signer);
}

/* --- signing and checking --------------------------------------------------------------------- */

static void add_base64(struct buffer *buffer, const unsigned char *bytes, size_t size)
{
    size_t room_size = sodium_base64_encoded_len(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *room = buffer_extend(buffer, room_size);
    if (!room)
        return;
    sodium_bin2base64(room, room_size, bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    buffer->size--; /* its '\0' */
}

static void write_payload(struct buffer *buffer, const struct reservation_view *reservation)
{
    struct json_out out = json_out_to(buffer);
    json_out_object(&out);
    json_out_int_field(&out, "r", reservation->id.value);
    json_out_int_field(&out, "o", reservation->option.value);
    json_out_int_field(&out, "f", reservation->fan.value);
    json_out_key(&out, "s");
    json_out_array(&out);
    for (size_t i = 0; i < reservation->seat_count; i++)
        json_out_int(&out, reservation->seats[i].seat.value);
    json_out_array_end(&out);
    json_out_object_end(&out);
}

struct text ticket_sign(const struct ticket_signer *signer,
                        const struct reservation_view *reservation, struct arena *arena)
{
    struct buffer payload, ticket;
    buffer_init(&payload, arena, 256);
    write_payload(&payload, reservation);
    buffer_init(&ticket, arena, 512);
    buffer_add_words(&ticket, FORM);
    add_base64(&ticket, (const unsigned char *)payload.bytes, payload.size);
    if (payload.failed || ticket.failed)
        return text_make(NULL, 0);

    unsigned char signature[crypto_sign_BYTES];
    int failed = crypto_sign_detached(signature, NULL, (const unsigned char *)ticket.bytes,
                                      (unsigned long long)ticket.size, signer->secret_key);
    must(!failed);
    buffer_add_char(&ticket, '.');
    add_base64(&ticket, signature, sizeof signature);
    return ticket.failed ? text_make(NULL, 0) : buffer_text(&ticket);
}

static bool is_signed(const unsigned char public_key[crypto_sign_PUBLICKEYBYTES],
                      struct text ticket)
{
    if (!text_starts(ticket, text_of(FORM)) || ticket.size > TICKET_BYTES_MAX)
        return false;
    size_t signed_size = ticket.size;
    while (signed_size > 0 && ticket.bytes[signed_size - 1] != '.')
        signed_size--;
    if (signed_size < sizeof FORM)
        return false;
    unsigned char signature[crypto_sign_BYTES];
    size_t size;
    if (sodium_base642bin(signature, sizeof signature, ticket.bytes + signed_size,
                          ticket.size - signed_size, NULL, &size, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        size != sizeof signature)
        return false;
    return crypto_sign_verify_detached(signature, (const unsigned char *)ticket.bytes,
                                       (unsigned long long)(signed_size - 1), public_key) == 0;
}

bool ticket_is_genuine(const struct ticket_signer *signer, struct text ticket)
{
    return is_signed(signer->public_key, ticket);
}

static bool read_payload(struct text payload, struct ticket_facts *out_facts)
{
    struct json_in_fault fault;
    struct json_in *document = json_in_open(payload, &fault);
    if (!document)
        return false;
    struct ticket_facts facts;
    bool good =
        json_in_is_object(document) &&
        json_in_read_int(document, "r", 1, ID_MAX, &facts.reservation.value) == JSON_IN_OK &&
        json_in_read_int(document, "o", 1, ID_MAX, &facts.option.value) == JSON_IN_OK &&
        json_in_read_int(document, "f", 1, ID_MAX, &facts.fan.value) == JSON_IN_OK;
    json_in_close(document);
    if (good)
        *out_facts = facts;
    return good;
}

/* Of a ticket whose signature is good. */
static bool read_facts(struct text ticket, struct ticket_facts *out_facts)
{
    const char *first = ticket.bytes + strlen(FORM);
    const char *dot = memchr(first, '.', ticket.size - strlen(FORM));
    must(dot); /* it has been signed */
    char payload[TICKET_BYTES_MAX];
    size_t size;
    if (sodium_base642bin((unsigned char *)payload, sizeof payload, first, (size_t)(dot - first),
                          NULL, &size, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    return read_payload(text_make(payload, size), out_facts);
}

bool ticket_read(const struct ticket_signer *signer, struct text ticket,
                 struct reservation_id *out_reservation, struct fan_id *out_fan)
{
    struct ticket_facts facts;
    if (!ticket_is_genuine(signer, ticket) || !read_facts(ticket, &facts))
        return false;
    *out_reservation = facts.reservation;
    *out_fan = facts.fan;
    return true;
}

/* --- without us ------------------------------------------------------------------------------- */

void ticket_public_key(const struct ticket_signer *signer, char out_key[TICKET_KEY_BYTES])
{
    sodium_bin2base64(out_key, TICKET_KEY_BYTES, signer->public_key, sizeof signer->public_key,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

enum ticket_check_verdict ticket_check_offline(struct text public_key, struct text ticket,
                                               struct ticket_facts *out_facts)
{
    unsigned char key[crypto_sign_PUBLICKEYBYTES];
    size_t size;
    int ready = sodium_init();
    must(ready >= 0);
    if (sodium_base642bin(key, sizeof key, public_key.bytes, public_key.size, NULL, &size, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        size != sizeof key)
        return TICKET_CHECK_BAD_KEY;
    return is_signed(key, ticket) && read_facts(ticket, out_facts) ? TICKET_CHECK_GOOD
                                                                   : TICKET_CHECK_FORGED;
}

/* --- the QR code ------------------------------------------------------------------------------ */

enum { QUIET_ZONE = 4 }; /* modules of white around, ISO/IEC 18004 §6.3.8 */

/* Each run of dark modules of a row is one rectangle of the path. */
static void write_modules(struct buffer *svg, const QRcode *code)
{
    for (int y = 0; y < code->width; y++) {
        for (int x = 0; x < code->width; x++) {
            int first = x;
            while (x < code->width && (code->data[y * code->width + x] & 1))
                x++;
            if (x > first)
                buffer_add_format(svg, "M%d %dh%dv1h-%dz", first + QUIET_ZONE, y + QUIET_ZONE,
                                  x - first, x - first);
        }
    }
}

struct text ticket_qr_svg(struct text ticket, struct arena *arena)
{
    struct text copy = arena_copy(arena, ticket);
    QRcode *code = copy.bytes ? QRcode_encodeString8bit(copy.bytes, 0, QR_ECLEVEL_M) : NULL;
    if (!code)
        return text_make(NULL, 0);
    int size = code->width + 2 * QUIET_ZONE;
    struct buffer svg;
    buffer_init(&svg, arena, 16384);
    buffer_add_format(&svg,
                      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                      "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>"
                      "<path fill=\"#000\" d=\"",
                      size, size, size, size);
    write_modules(&svg, code);
    buffer_add_words(&svg, "\"/></svg>");
    QRcode_free(code);
    return svg.failed ? text_make(NULL, 0) : buffer_text(&svg);
}

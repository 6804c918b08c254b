/* waiting_proof.c — read in one moment of the store, written as JSON or as the log itself. */
#include "api/waiting_proof.h"

#include "api/body.h"
#include "api/problem.h"
#include "api/reading.h"
#include "base/clock.h"
#include "base/container.h"
#include "store/store.h"
#include "waiting/proof.h"
#include "waiting/waiting_store.h"

static const char missing[] = "There is no waiting room for this date.";

struct proving {
    struct reading reading;
    struct option_id option;
    int64_t after, sequence;
    struct buffer body;
};

/* --- the proof -------------------------------------------------------------------------------- */

static void write_hex(struct json_out *out, const char *key, const unsigned char *bytes,
                      size_t size)
{
    static const char digits[] = "0123456789abcdef";
    char words[2 * SEAL_SIGNATURE_BYTES];
    for (size_t i = 0; i < size; i++) {
        words[2 * i] = digits[bytes[i] >> 4];
        words[2 * i + 1] = digits[bytes[i] & 15];
    }
    json_out_text_field(out, key, text_make(words, 2 * size));
}

static void write_seed(struct json_out *out, const struct proof_door *door)
{
    if (door->is_open) {
        write_hex(out, "seed", door->seed, sizeof door->seed);
        return;
    }
    json_out_key(out, "seed");
    json_out_null(out);
}

static void write_doors(struct json_out *out, const struct proof *proof)
{
    json_out_key(out, "doors");
    json_out_array(out);
    for (size_t i = 0; i < WAITING_DOORS; i++) {
        json_out_object(out);
        json_out_int_field(out, "door", (int64_t)i);
        write_hex(out, "commitment", proof->header.commitments[i], SHUFFLE_HASH_BYTES);
        write_seed(out, &proof->doors[i]);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    write_hex(out, "commitment", proof->header.commitments[0], SHUFFLE_HASH_BYTES);
    write_seed(out, &proof->doors[0]);
}

static void write_head(struct json_out *out, const struct proof *proof)
{
    json_out_key(out, "head");
    json_out_object(out);
    json_out_int_field(out, "number", proof->head.number);
    write_hex(out, "hash", proof->head.hash, sizeof proof->head.hash);
    write_hex(out, "signature", proof->signature, sizeof proof->signature);
    json_out_object_end(out);
}

static const char *kind_words(enum line_event_kind kind)
{
    switch (kind) {
    case LINE_JOINED:
        return "JOINED";
    case LINE_OPENED:
        return "OPENED";
    case LINE_CALLED:
        return "CALLED";
    case LINE_ENTERED:
        return "ENTERED";
    case LINE_KEPT:
        return "KEPT";
    case LINE_BOUGHT:
        return "BOUGHT";
    case LINE_LEFT:
        return "LEFT";
    case LINE_LAPSED:
        return "LAPSED";
    case LINE_MISSED:
        return "MISSED";
    case LINE_OVER:
        return "OVER";
    }
    return "UNKNOWN";
}

static enum status write_entries(struct proving *proving, struct json_out *out,
                                 struct store_connection *reader)
{
    struct waiting_store_event events[WAITING_PLACE_EVENTS_MAX];
    size_t count = 0;
    enum status status =
        proving->sequence == 0
            ? STATUS_OK
            : waiting_store_events(reader, proving->option, 0, (uint32_t)proving->sequence, events,
                                   WAITING_PLACE_EVENTS_MAX, &count);
    json_out_key(out, "entries");
    json_out_array(out);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        json_out_object(out);
        json_out_int_field(out, "number", events[i].chained.event.number);
        json_out_words_field(out, "kind", kind_words(events[i].chained.event.kind));
        json_out_time_field(out, "at", events[i].chained.event.at_ms);
        write_hex(out, "hash", events[i].hash, sizeof events[i].hash);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return status;
}

static enum status read_proof(struct reading *reading, struct store_connection *reader)
{
    struct proving *proving = container_of(reading, struct proving, reading);
    struct proof proof;
    enum status status = proof_read(reader, reading->app->seals, proving->option, &proof);
    if (status != STATUS_OK)
        return status;
    buffer_init(&proving->body, http_arena(reading->request), 4096);
    struct json_out out = json_out_to(&proving->body);
    json_out_object(&out);
    json_out_int_field(&out, "optionId", proving->option.value);
    write_hex(&out, "publicKey", proof.header.key, sizeof proof.header.key);
    write_doors(&out, &proof);
    write_head(&out, &proof);
    status = write_entries(proving, &out, reader);
    json_out_object_end(&out);
    return status;
}

static void answer_proof(struct reading *reading, enum status status)
{
    struct proving *proving = container_of(reading, struct proving, reading);
    if (status == STATUS_MISSING)
        problem_not_found(reading->request, missing);
    else
        body_answer(reading->request, 200, &proving->body);
}

/* --- the log ---------------------------------------------------------------------------------- */

static enum status read_log(struct reading *reading, struct store_connection *reader)
{
    struct proving *proving = container_of(reading, struct proving, reading);
    struct arena *arena = http_arena(reading->request);
    buffer_init(&proving->body, arena, 64 * 1024);
    enum status status = store_snapshot_begin(reader);
    if (status != STATUS_OK)
        return status;
    status = proof_write_log(reader, reading->app->seals, proving->option, proving->after, arena,
                             &proving->body);
    store_snapshot_end(reader);
    return status;
}

static void answer_log(struct reading *reading, enum status status)
{
    struct proving *proving = container_of(reading, struct proving, reading);
    if (status == STATUS_MISSING)
        problem_not_found(reading->request, missing);
    else if (proving->body.failed)
        problem_no_memory(reading->request);
    else
        http_answer(reading->request,
                    &(struct http_answer){.status = 200,
                                          .type = text_of("text/plain; charset=utf-8"),
                                          .body = buffer_text(&proving->body)});
}

/* --- the endpoints ---------------------------------------------------------------------------- */

/* False: answered. */
static bool read_number(struct http_request *request, const char *name, int64_t most, int64_t *out)
{
    struct text words = http_query(request, name);
    *out = 0;
    if (!words.bytes)
        return true;
    if (text_to_int64(words, out) && *out >= 0 && *out <= most)
        return true;
    problem_validation(request, name, "Expected a whole number, 0 or more.");
    return false;
}

/* NULL: answered. */
static struct proving *begin(struct http_request *request)
{
    int64_t option;
    if (!body_path_id(request, 0, missing, &option))
        return NULL;
    struct proving *proving = arena_take_zeroed(http_arena(request), sizeof *proving);
    if (!proving) {
        problem_no_memory(request);
        return NULL;
    }
    proving->option = (struct option_id){option};
    return proving;
}

void waiting_proof_get(struct http_app *app, struct http_request *request)
{
    struct proving *proving = begin(request);
    if (!proving || !read_number(request, "sequence", WAITING_PLACES_MAX, &proving->sequence))
        return;
    proving->reading.read = read_proof;
    proving->reading.answer = answer_proof;
    reading_start(&proving->reading, app, request); /* continues in answer_proof */
}

void waiting_proof_log_get(struct http_app *app, struct http_request *request)
{
    struct proving *proving = begin(request);
    if (!proving || !read_number(request, "after", ID_MAX, &proving->after))
        return;
    proving->reading.read = read_log;
    proving->reading.answer = answer_log;
    reading_start(&proving->reading, app, request); /* continues in answer_log */
}

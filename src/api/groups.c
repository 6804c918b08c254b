/*
 * groups.c — codes go out once and come back once.
 *
 *     codes     loop: made or read, hashed → writer: kept → loop: 201, the only time they are told
 *     joining   loop: limit → writer: code used, place given → engine: knows the member → loop: 201
 *
 * A code that is unknown and one that somebody else has used hear the same words, and tries are
 * counted whether they were right or not.
 */
#include "api/groups.h"

#include "account/accounts.h"
#include "account/memberships.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/effect.h"
#include "api/problem.h"
#include "api/reading.h"
#include "api/writing.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/must.h"
#include "catalog/changes.h"

static const char missing[] = "There is no such group.";

/* --- codes ------------------------------------------------------------------------------------ */

struct new_codes {
    struct writing writing;
    struct fan_id account;
    int64_t group;
    size_t count;
    bool are_ours;
    struct fan_code_hash *hashes;
    char (*words)[FAN_CODE_BYTES]; /* of ours */
};

static void on_codes_written(struct writing *writing, enum status status)
{
    const struct new_codes *codes = container_of(writing, struct new_codes, writing);
    if (status == STATUS_MISSING) {
        problem_not_found(writing->request, missing);
        return;
    }
    if (status == STATUS_CONFLICT) {
        problem_answer(writing->request,
                       &(struct problem){.status = 409,
                                         .code = "CODE_EXISTS",
                                         .detail = "One of these codes is known already."});
        return;
    }
    struct buffer body;
    buffer_init(&body, http_arena(writing->request), 64 + codes->count * (FAN_CODE_BYTES + 3));
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_int_field(&out, "groupId", codes->group);
    json_out_int_field(&out, "addedCount", (int64_t)codes->count);
    json_out_key(&out, "codes");
    json_out_array(&out);
    for (size_t i = 0; codes->are_ours && i < codes->count; i++)
        json_out_words(&out, codes->words[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    body_answer(writing->request, 201, &body);
}

/* How many; the codes themselves stand nowhere. */
static enum status record_codes(const struct new_codes *codes, struct store_connection *connection,
                                int64_t now_ms)
{
    struct buffer after;
    buffer_init(&after, http_arena(codes->writing.request), 64);
    struct json_out out = json_out_to(&after);
    json_out_object(&out);
    json_out_int_field(&out, "addedCount", (int64_t)codes->count);
    json_out_object_end(&out);
    if (after.failed)
        return STATUS_NO_MEMORY;
    return changes_record(connection, &(struct change){.at_ms = now_ms,
                                                       .account = codes->account,
                                                       .entity = text_of("group"),
                                                       .entity_id = codes->group,
                                                       .action = text_of("ADD_CODES"),
                                                       .after = buffer_text(&after)});
}

static enum status write_codes(struct writing *writing, struct store_connection *connection)
{
    const struct new_codes *codes = container_of(writing, struct new_codes, writing);
    int64_t now_ms = clock_wall_ms();
    enum status status =
        memberships_add_codes(connection, codes->group, codes->hashes, codes->count, now_ms);
    return status == STATUS_OK ? record_codes(codes, connection, now_ms) : status;
}

static bool take_room(struct http_request *request, struct new_codes *codes, size_t count)
{
    codes->count = count;
    codes->hashes = arena_take(http_arena(request), count * sizeof *codes->hashes);
    codes->words = arena_take(http_arena(request), count * sizeof *codes->words);
    if (codes->hashes && codes->words)
        return true;
    problem_no_memory(request);
    return false;
}

static bool make_codes(struct http_request *request, struct new_codes *codes, int64_t count)
{
    if (!take_room(request, codes, (size_t)count))
        return false;
    codes->are_ours = true;
    for (size_t i = 0; i < codes->count; i++) {
        fan_code_make(codes->words[i]);
        bool readable = fan_code_read(text_of(codes->words[i]), &codes->hashes[i]);
        must(readable); /* it was made to be read */
    }
    return true;
}

static bool read_codes(struct http_request *request, struct new_codes *codes,
                       const struct json_in *list)
{
    struct complaints complaints;
    complaints_init(&complaints, http_arena(request));
    if (!take_room(request, codes, json_in_array_count(list)))
        return false;
    for (size_t i = 0; i < codes->count; i++) {
        struct text words;
        if (json_in_as_text(json_in_array_at(list, i), 1, FAN_CODE_TYPED_BYTES_MAX, &words) !=
                JSON_IN_OK ||
            !fan_code_read(words, &codes->hashes[i]))
            complaints_add(&complaints, "Expected 8 to 64 letters and digits.", "codes[%zu]", i);
    }
    if (complaints.count == 0)
        return true;
    problem_complaints(request, &complaints);
    return false;
}

static bool read_or_make(struct http_request *request, const struct json_in *body,
                         struct new_codes *codes)
{
    int64_t count;
    const struct json_in *list;
    enum json_in_verdict counted = json_in_read_int(body, "count", 1, FAN_CODES_ADDED_MAX, &count);
    enum json_in_verdict listed = json_in_read_array(body, "codes", 1, FAN_CODES_ADDED_MAX, &list);
    if (counted == JSON_IN_OK && listed == JSON_IN_ABSENT)
        return make_codes(request, codes, count);
    if (counted == JSON_IN_ABSENT && listed == JSON_IN_OK)
        return read_codes(request, codes, list);
    if (listed == JSON_IN_ABSENT)
        problem_field(request, "count", counted, "a whole number from 1 to 5000");
    else if (counted == JSON_IN_ABSENT)
        problem_field(request, "codes", listed, "a list of 1 to 5000 codes");
    else
        problem_validation(request, "codes", "Say how many codes, or which, not both.");
    return false;
}

void group_codes_post(struct http_app *app, struct http_request *request)
{
    static const char *const known[] = {"count", "codes", NULL};
    struct identity who;
    int64_t group;
    if (!caller_operator(app, request, &who) || !body_path_id(request, 0, missing, &group))
        return;
    struct new_codes *codes = arena_take_zeroed(http_arena(request), sizeof *codes);
    if (!codes) {
        problem_no_memory(request);
        return;
    }
    struct json_in *body = body_open(request, known);
    if (!body)
        return;
    bool good = read_or_make(request, body, codes);
    json_in_close(body);
    if (!good)
        return;
    codes->group = group;
    codes->account = who.fan;
    codes->writing.write = write_codes;
    codes->writing.answer = on_codes_written;
    writing_start(&codes->writing, app, request); /* continues in write_codes, on_codes_written */
}

/* --- joining ---------------------------------------------------------------------------------- */

struct joining {
    struct writing writing;
    struct effect effect;
    struct fan_id fan;
    struct fan_code_hash code;
    struct membership membership;
    bool is_new;
};

static void membership_json(struct json_out *out, const struct membership *membership)
{
    json_out_object(out);
    json_out_int_field(out, "groupId", membership->group);
    json_out_text_field(out, "name", membership->name);
    json_out_text_field(out, "nameKo", membership->name_ko);
    json_out_time_field(out, "joinedAt", membership->joined_at_ms);
    json_out_object_end(out);
}

static void on_in_effect(struct effect *effect)
{
    const struct joining *joining = container_of(effect, struct joining, effect);
    struct buffer body;
    buffer_init(&body, http_arena(effect->request), 256);
    struct json_out out = json_out_to(&body);
    membership_json(&out, &joining->membership);
    body_answer(effect->request, joining->is_new ? 201 : 200, &body);
}

static void answer_invalid(struct http_request *request)
{
    problem_answer(request, &(struct problem){.status = 422,
                                              .code = "CODE_INVALID",
                                              .detail = "This code is not good (any more).",
                                              .field = "code"});
}

static void on_joined(struct writing *writing, enum status status)
{
    struct joining *joining = container_of(writing, struct joining, writing);
    if (status != STATUS_OK) {
        answer_invalid(writing->request);
        return;
    }
    joining->effect.answer = on_in_effect;
    effect_start_unseen(&joining->effect, writing->app, writing->request);
}

static enum status write_membership(struct writing *writing, struct store_connection *connection)
{
    struct joining *joining = container_of(writing, struct joining, writing);
    enum status status =
        memberships_join(connection, http_arena(writing->request), joining->fan, &joining->code,
                         clock_wall_ms(), &joining->membership, &joining->is_new);
    booking_refresh(writing->app->booking);
    return status;
}

static bool in_time(struct http_app *app, struct http_request *request, struct fan_id fan)
{
    int64_t wait_ms =
        accounts_ask_code(app->accounts, http_peer(request), fan, loop_now_ms(http_loop(request)));
    if (wait_ms == 0)
        return true;
    problem_answer(request, &(struct problem){.status = 429,
                                              .code = "RATE_LIMITED",
                                              .detail = "Too many codes have been tried.",
                                              .retry_after_s = (wait_ms + 999) / 1000});
    return false;
}

static bool read_code(struct http_request *request, struct fan_code_hash *out_hash)
{
    static const char *const known[] = {"code", NULL};
    struct json_in *body = body_open(request, known);
    if (!body)
        return false;
    struct text words;
    enum json_in_verdict verdict =
        json_in_read_text(body, "code", 1, FAN_CODE_TYPED_BYTES_MAX, &words);
    if (verdict == JSON_IN_OK && !fan_code_read(words, out_hash))
        verdict = JSON_IN_OUT_OF_RANGE;
    json_in_close(body);
    if (verdict != JSON_IN_OK)
        problem_field(request, "code", verdict, "a code of 8 to 64 letters and digits");
    return verdict == JSON_IN_OK;
}

void my_groups_post(struct http_app *app, struct http_request *request)
{
    struct identity who;
    struct fan_code_hash code;
    if (!caller_fan(app, request, &who) || !read_code(request, &code) ||
        !in_time(app, request, who.fan))
        return;
    struct joining *joining = arena_take_zeroed(http_arena(request), sizeof *joining);
    if (!joining) {
        problem_no_memory(request);
        return;
    }
    joining->fan = who.fan;
    joining->code = code;
    joining->writing.write = write_membership;
    joining->writing.answer = on_joined;
    writing_start(&joining->writing, app, request); /* continues in write_membership, on_joined */
}

/* --- one's own -------------------------------------------------------------------------------- */

struct my_groups {
    struct reading reading;
    struct fan_id fan;
    size_t count;
    struct membership memberships[FAN_GROUPS_LISTED_MAX];
};

static enum status read_mine(struct reading *reading, struct store_connection *reader)
{
    struct my_groups *mine = container_of(reading, struct my_groups, reading);
    return memberships_of(reader, http_arena(reading->request), mine->fan, mine->memberships,
                          FAN_GROUPS_LISTED_MAX, &mine->count);
}

static void on_mine_read(struct reading *reading, enum status status)
{
    const struct my_groups *mine = container_of(reading, struct my_groups, reading);
    (void)status; /* a failure has been answered, and nothing can be missing */
    struct buffer body;
    buffer_init(&body, http_arena(reading->request), 512);
    struct json_out out = json_out_to(&body);
    json_out_object(&out);
    json_out_key(&out, "items");
    json_out_array(&out);
    for (size_t i = 0; i < mine->count; i++)
        membership_json(&out, &mine->memberships[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    body_answer(reading->request, 200, &body);
}

void my_groups_list(struct http_app *app, struct http_request *request)
{
    struct identity who;
    if (!caller_fan(app, request, &who))
        return;
    struct my_groups *mine = arena_take_zeroed(http_arena(request), sizeof *mine);
    if (!mine) {
        problem_no_memory(request);
        return;
    }
    mine->fan = who.fan;
    mine->reading.read = read_mine;
    mine->reading.answer = on_mine_read;
    reading_start(&mine->reading, app, request); /* continues in on_mine_read */
}

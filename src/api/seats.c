/*
 * seats.c — map, states, list.
 *
 * The map never changes under its version and the states are two bits a seat: a page that has the
 * map needs nothing but the states, or their difference, from then on. The list is for those who
 * want words; it is read for each request and not kept.
 */
#include "api/seats.h"

#include "api/body.h"
#include "api/catalog_query.h"
#include "api/conditional.h"
#include "api/documents.h"
#include "api/problem.h"
#include "api/reading.h"
#include "base/clock.h"
#include "base/container.h"
#include "base/hash.h"
#include "catalog/catalog_json.h"

#include <inttypes.h>
#include <stdio.h>

enum { KIND_SEAT_MAP = 101, KIND_SEAT_STATES };

static const char missing[] = "There is no such date, or it has no seats yet.";

/* --- the map ---------------------------------------------------------------------------------- */

static enum status read_map(struct http_app *app, struct store_connection *reader,
                            struct arena *arena, const struct document_key *key, void **out_model)
{
    (void)app;
    struct catalog_map *map = arena_take(arena, sizeof *map);
    *out_model = map;
    return map ? catalog_map(reader, arena, key->id, map) : STATUS_NO_MEMORY;
}

/* The version is a fingerprint of everything else: another database, another layout, another price
   make another version, and nobody has to remember to count it up. */
static uint64_t write_map(struct http_app *app, const void *model, int64_t now_ms,
                          struct arena *scratch, struct buffer *body)
{
    (void)app, (void)now_ms;
    struct buffer tail;
    buffer_init(&tail, scratch, 64 * 1024);
    catalog_json_map_tail(&tail, model);
    uint64_t version = (uint64_t)hash_lasting(buffer_text(&tail)) & ((UINT64_C(1) << 53) - 1);
    buffer_add_format(body, "{\"version\":%" PRIu64 ",", version);
    buffer_add(body, buffer_text(&tail));
    body->failed = body->failed || tail.failed;
    return version;
}

static const struct document_kind seat_map_kind = {.number = KIND_SEAT_MAP,
                                                   .shared = true,
                                                   .cache_control = "public, no-cache",
                                                   .missing = missing,
                                                   .versioned = true,
                                                   .read = read_map,
                                                   .write = write_map};

void seat_map_get(struct http_app *app, struct http_request *request)
{
    struct document_key key = {.kind = &seat_map_kind};
    if (body_path_id(request, 0, missing, &key.id))
        documents_answer(app, request, &key);
}

/* --- states ----------------------------------------------------------------------------------- */

static const struct board *board_of(struct http_app *app, int64_t option_id)
{
    return app->boards ? boards_find(app->boards, (struct option_id){option_id}) : NULL;
}

static enum status read_states(struct http_app *app, struct store_connection *reader,
                               struct arena *arena, const struct document_key *key,
                               void **out_model)
{
    struct catalog_states *states = arena_take(arena, sizeof *states);
    *out_model = states;
    return states ? catalog_states(reader, arena, app->boards, key->id, states) : STATUS_NO_MEMORY;
}

static uint64_t mark_states(struct http_app *app, const void *model, int64_t now_ms)
{
    (void)now_ms;
    const struct board *board = board_of(app, ((const struct catalog_states *)model)->option_id);
    return board ? board_version(board) : 0;
}

static uint64_t write_states(struct http_app *app, const void *model, int64_t now_ms,
                             struct arena *scratch, struct buffer *body)
{
    (void)now_ms;
    const struct catalog_states *states = model;
    const struct board *board = board_of(app, states->option_id);
    if (!board) { /* from the store: the version is a fingerprint */
        size_t size = ((size_t)states->seat_count + 3) / 4;
        struct text bytes = text_make((const char *)states->bytes, size);
        uint64_t version = (uint64_t)hash_lasting(bytes) & ((UINT64_C(1) << 53) - 1);
        catalog_json_states(body, version, (uint32_t)states->seat_count, states->bytes);
        return version;
    }
    uint32_t seat_count = board_seat_count(board);
    unsigned char *bytes = arena_take(scratch, ((size_t)seat_count + 3) / 4);
    if (!bytes) {
        body->failed = true;
        return 0;
    }
    uint64_t version = board_copy(board, bytes);
    catalog_json_states(body, version, seat_count, bytes);
    return version;
}

static const struct document_kind seat_states_kind = {.number = KIND_SEAT_STATES,
                                                      .counts_seats = true,
                                                      .cache_control = "no-cache",
                                                      .missing = missing,
                                                      .read = read_states,
                                                      .write = write_states,
                                                      .mark = mark_states};

/* True: there is a difference, and it has been sent. */
static bool answer_changes(struct http_request *request, const struct board *board, uint64_t since)
{
    uint32_t *indexes = arena_take(http_arena(request), CATALOG_CHANGES_MAX * sizeof *indexes);
    enum seat_state *states = arena_take(http_arena(request), CATALOG_CHANGES_MAX * sizeof *states);
    size_t count;
    uint64_t version;
    if (!indexes || !states ||
        !board_changes(board, since, indexes, CATALOG_CHANGES_MAX, &count, &version))
        return false;
    for (size_t i = 0; i < count; i++)
        states[i] = board_seat(board, indexes[i]);

    struct buffer body;
    buffer_init(&body, http_arena(request), 128 + count * 12);
    catalog_json_changes(&body, version, since, indexes, states, count);
    if (body.failed)
        return false;
    char tag[64];
    int tag_size = snprintf(tag, sizeof tag, "\"%" PRIu64 "-%" PRIu64 "\"", since, version);
    struct text quoted = text_make(tag, (size_t)tag_size);
    struct http_field fields[] = {{text_of("ETag"), quoted},
                                  {text_of("Cache-Control"), text_of("no-cache")}};
    bool has_it = conditional_matches(http_header(request, "if-none-match"),
                                      text_make(quoted.bytes + 1, quoted.size - 2));
    struct http_answer answer = {.status = has_it ? 304 : 200, .fields = fields, .field_count = 2};
    if (!has_it) {
        answer.type = text_of("application/json");
        answer.body = buffer_text(&body);
    }
    http_answer(request, &answer);
    return true;
}

void seat_states_get(struct http_app *app, struct http_request *request)
{
    struct document_key key = {.kind = &seat_states_kind};
    if (!body_path_id(request, 0, missing, &key.id))
        return;
    struct text since_words = http_query(request, "since");
    if (!text_empty(since_words)) {
        int64_t since;
        if (!text_to_int64(since_words, &since) || since < 0 || since > ID_MAX) {
            problem_validation(request, "since", "since is the version of an earlier answer.");
            return;
        }
        const struct board *board = board_of(app, key.id);
        if (board && answer_changes(request, board, (uint64_t)since))
            return;
    }
    documents_answer(app, request, &key);
}

/* --- the list --------------------------------------------------------------------------------- */

struct seat_list {
    struct reading reading;
    int64_t option_id;
    struct text section;
    bool available_only;
    struct catalog_filter filter; /* cursor and limit */
    struct catalog_seat *seats;   /* room for one more than the limit */
    size_t count;
};

/* The next stretch of neighbouring seats that are wanted, from `range.first` on; empty when there
   is none. */
static struct catalog_range next_stretch(const struct seat_list *list, const struct board *board,
                                         int64_t first_seat_id, struct catalog_range range)
{
    if (!board || !list->available_only)
        return range;
    int64_t first = range.first;
    while (first < range.end &&
           board_seat(board, (uint32_t)(first - first_seat_id)) != SEAT_AVAILABLE)
        first++;
    int64_t end = first;
    while (end < range.end && end - first <= list->filter.limit &&
           board_seat(board, (uint32_t)(end - first_seat_id)) == SEAT_AVAILABLE)
        end++;
    return (struct catalog_range){first, end};
}

/* The board's word counts, and the available ones move to the front. */
static void settle_states(struct seat_list *list, const struct board *board, int64_t first_seat_id,
                          size_t from)
{
    size_t kept = from;
    for (size_t i = from; i < list->count; i++) {
        struct catalog_seat *seat = &list->seats[i];
        if (board)
            seat->state = board_seat(board, (uint32_t)(seat->id - first_seat_id));
        if (!list->available_only || seat->state == SEAT_AVAILABLE)
            list->seats[kept++] = *seat;
    }
    list->count = kept;
}

static enum status read_seats(struct seat_list *list, struct store_connection *reader,
                              const struct board *board, struct catalog_range all,
                              struct catalog_range asked)
{
    size_t most = (size_t)list->filter.limit + 1;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && list->count < most && asked.first < asked.end) {
        struct catalog_range stretch = next_stretch(list, board, all.first, asked);
        if (stretch.first >= stretch.end)
            break;
        size_t from = list->count;
        status = catalog_seats(reader, http_arena(list->reading.request), stretch, list->seats,
                               most, &list->count);
        if (list->count == from)
            break;
        asked.first = list->seats[list->count - 1].id + 1;
        settle_states(list, board, all.first, from);
    }
    return status;
}

static enum status on_read(struct reading *reading, struct store_connection *reader)
{
    struct seat_list *list = container_of(reading, struct seat_list, reading);
    struct catalog_range all, asked;
    enum status status = catalog_seat_range(reader, list->option_id, list->section, &all, &asked);
    if (status != STATUS_OK)
        return status;
    if (asked.first <= list->filter.after.id)
        asked.first = list->filter.after.id + 1;
    const struct board *board = board_of(reading->app, list->option_id);
    bool same = board && board_first_seat_id(board) == all.first &&
                board_seat_count(board) == all.end - all.first;
    return read_seats(list, reader, same ? board : NULL, all, asked); /* not of another layout */
}

static void on_answer(struct reading *reading, enum status status)
{
    struct seat_list *list = container_of(reading, struct seat_list, reading);
    if (status == STATUS_MISSING) {
        problem_not_found(reading->request, missing);
        return;
    }
    size_t limit = (size_t)list->filter.limit;
    bool more = list->count > limit;
    struct buffer body;
    buffer_init(&body, http_arena(reading->request), 64 * 1024);
    catalog_json_seats(&body, list->seats, more ? limit : list->count, more);
    if (body.failed) {
        problem_no_memory(reading->request);
        return;
    }
    struct http_field fields[] = {{text_of("Cache-Control"), text_of("no-store")}};
    http_answer(reading->request, &(struct http_answer){.status = 200,
                                                        .type = text_of("application/json"),
                                                        .body = buffer_text(&body),
                                                        .fields = fields,
                                                        .field_count = 1});
}

static bool read_available(struct http_request *request, bool *out_available)
{
    struct text value = http_query(request, "available");
    *out_available = text_equal(value, text_of("true"));
    if (*out_available || text_empty(value) || text_equal(value, text_of("false")))
        return true;
    problem_validation(request, "available", "available is true or false.");
    return false;
}

void seats_list(struct http_app *app, struct http_request *request)
{
    struct seat_list *list = arena_take_zeroed(http_arena(request), sizeof *list);
    if (!list) {
        problem_no_memory(request);
        return;
    }
    list->section = http_query(request, "section");
    if (!body_path_id(request, 0, missing, &list->option_id) ||
        !catalog_query_read_page(request, &list->filter) ||
        !read_available(request, &list->available_only))
        return;
    list->seats =
        arena_take(http_arena(request), ((size_t)list->filter.limit + 1) * sizeof *list->seats);
    if (!list->seats) {
        problem_no_memory(request);
        return;
    }
    list->reading.read = on_read;
    list->reading.answer = on_answer;
    reading_start(&list->reading, app, request); /* continues in on_read, then in on_answer */
}

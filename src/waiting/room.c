/*
 * room.c — the rules of one waiting room.
 *
 * A round of the room:
 *
 *     room_decide()     what fans ask for                      ─┐
 *     room_proceed()    doors that open, places that end,       ├─▶ events in the line's journal
 *                       fans whose turn it is                  ─┘
 *     room_entries()    the journal, chained                   ──▶ one store job
 *     room_kept()       durable: the log has grown, the room may speak of it
 *
 * What the room tells — counts, departures, the document — is always of what is durable. What a
 * fan is told comes after the same commit. So nobody ever hears of a place that a crash could take.
 */
#include "waiting/room.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json_in.h"
#include "base/log.h"
#include "base/must.h"

enum {
    MS_PER_S = 1000,
    SWEEP_MS = 1000,
    SHOW_MS = 1000,
    FRESH_MS = 3000, /* what happened before says nothing of the pace there is now */
};

const char *room_state_name(enum room_state state)
{
    static const char *const names[] = {"HALL", "OPEN", "PAUSED", "SOLD_OUT", "CLOSED"};
    return names[state];
}

/* --- life ------------------------------------------------------------------------------------- */

void room_seed(const struct room_row *row, uint8_t door, unsigned char out_seed[SHUFFLE_SEED_BYTES])
{
    shuffle_seed(row->secret, door, out_seed);
}

void room_header(const struct room_row *row, const unsigned char key[RECEIPT_KEY_BYTES],
                 struct chain_header *out_header)
{
    out_header->option = row->option;
    memcpy(out_header->key, key, RECEIPT_KEY_BYTES);
    for (int door = 0; door < WAITING_DOORS; door++) {
        unsigned char seed[SHUFFLE_SEED_BYTES];
        room_seed(row, (uint8_t)door, seed);
        shuffle_commitment(seed, out_header->commitments[door]);
    }
}

struct room *room_create(const struct room_row *row, const struct seals *seals, struct line *line,
                         struct line_time now)
{
    unsigned char key[RECEIPT_KEY_BYTES];
    struct room *room = receipt_public_key(seals, row->kid, key) ? calloc(1, sizeof *room) : NULL;
    if (!room) {
        line_destroy(line);
        return NULL;
    }
    room->option = row->option;
    room->row = *row;
    room->line = line;
    room_header(row, key, &room->header);
    char header[CHAIN_HEADER_BYTES];
    size_t size = chain_write_header(&room->header, header);
    chain_begin(&room->chain, text_make(header, size));
    admission_init(&room->admission, now.steady_ms);
    admission_set_terms(&room->admission, &row->terms);
    listeners_init(&room->listeners);
    return room;
}

void room_destroy(struct room *room)
{
    if (!room)
        return;
    line_destroy(room->line);
    listeners_deinit(&room->listeners);
    free(room);
}

/* The one who decides logs: here it ends. */
static bool trust(struct room *room, enum status status)
{
    if (status == STATUS_OK)
        return true;
    log_error("a waiting line failed", log_int("option", room->option.value),
              log_words("status", status_name(status)));
    room->suspect = true;
    return false;
}

/* --- asks ------------------------------------------------------------------------------------- */

static bool is_over(const struct room *room, struct waiting_ask *ask)
{
    if (room->state == ROOM_CLOSED)
        ask->verdict = WAITING_CLOSED;
    if (room->state == ROOM_SOLD_OUT)
        ask->verdict = WAITING_SOLD_OUT;
    return room->state == ROOM_CLOSED || room->state == ROOM_SOLD_OUT;
}

/* A challenge is spent by the place it was solved for: the next place takes a later one. Where the
   clock was set back since, nothing is known of what was later. */
static bool is_solved(const struct room *room, const struct waiting_ask *ask,
                      const struct place *earlier, struct line_time now)
{
    int64_t bits = room->admission.terms.challenge_bits;
    if (bits == 0)
        return true;
    bool is_later = earlier->sequence == 0 || earlier->ended_s * MS_PER_S > now.wall_ms ||
                    ask->challenge_set_at_ms >= (earlier->ended_s + 1) * MS_PER_S;
    return ask->challenge_set_at_ms > 0 && ask->challenge_bits >= bits && is_later;
}

/* Numbers are never given twice, so a fan who joins and leaves all day uses them up for others: a
   third place in a row takes some patience, and each later one twice as much. */
static int64_t rejoin_wait_ms(const struct place *earlier, struct line_time now)
{
    int64_t ago_ms = now.wall_ms - earlier->ended_s * MS_PER_S;
    if (earlier->sequence == 0 || earlier->earlier < WAITING_REJOINS_FREE || ago_ms < 0)
        return 0; /* below zero: the clock was set back */
    int64_t wait_ms = (int64_t)WAITING_REJOIN_MS << (earlier->earlier - WAITING_REJOINS_FREE);
    return ago_ms < wait_ms ? wait_ms - ago_ms : 0;
}

static enum status join(struct room *room, struct waiting_ask *ask, uint8_t door,
                        struct line_time now)
{
    struct place earlier = {0};
    uint32_t ahead;
    enum status status = line_find(room->line, ask->fan, now, &earlier, &ahead);
    bool has_place = status == STATUS_OK && !place_has_ended(earlier.state);
    if (status != STATUS_OK && status != STATUS_MISSING)
        return status;
    if (!has_place && is_over(room, ask))
        return STATUS_OK;
    ask->retry_after_ms = has_place ? 0 : rejoin_wait_ms(&earlier, now);
    if (ask->retry_after_ms > 0) {
        ask->verdict = WAITING_TOO_SOON;
        return STATUS_OK;
    }
    if (!has_place && !is_solved(room, ask, &earlier, now)) {
        ask->verdict = WAITING_CHALLENGE;
        return STATUS_OK;
    }
    bool is_new = false;
    status = line_join(room->line, ask->fan, door, now, &ask->place, &is_new);
    ask->verdict = is_new ? WAITING_NEW : WAITING_HERE;
    return status;
}

static bool may_enter(const struct room *room)
{
    return room->state == ROOM_OPEN || room->state == ROOM_PAUSED;
}

static enum status look(struct room *room, struct waiting_ask *ask, struct line_time now)
{
    enum status status = line_find(room->line, ask->fan, now, &ask->place, &ask->ahead);
    ask->verdict = status == STATUS_MISSING ? WAITING_NOT_HERE : WAITING_HERE;
    bool comes_in = ask->kind == WAITING_LOOK && ask->place.state == PLACE_CALLED;
    if (status != STATUS_OK || !comes_in || !may_enter(room))
        return status == STATUS_MISSING ? STATUS_OK : status;
    int64_t until_s = now.wall_ms / MS_PER_S + room->admission.terms.entry_seconds;
    bool is_new;
    status = line_enter(room->line, ask->fan, (uint32_t)room->admission.terms.active_max, until_s,
                        now, &ask->place, &is_new);
    return status == STATUS_FULL ? STATUS_OK : status;
}

static enum status leave(struct room *room, struct waiting_ask *ask, struct line_time now)
{
    enum status status = line_leave(room->line, ask->fan, now, &ask->place);
    ask->verdict = status == STATUS_MISSING ? WAITING_NOT_HERE : WAITING_HERE;
    return status == STATUS_MISSING ? STATUS_OK : status;
}

static enum status carry_out(struct room *room, struct waiting_ask *ask, uint8_t door,
                             struct line_time now)
{
    switch (ask->kind) {
    case WAITING_JOIN:
        return join(room, ask, door, now);
    case WAITING_LOOK:
    case WAITING_GLANCE:
        return look(room, ask, now);
    case WAITING_LEAVE:
        return leave(room, ask, now);
    }
    return STATUS_OK;
}

/* The cut at which `ahead` is true. */
static enum status add_position(struct room *room, struct waiting_ask *ask, struct line_time now)
{
    struct line_counts counts;
    enum status status = line_counts(room->line, &counts);
    ask->number = counts.number;
    ask->admitted = counts.called;
    ask->pace = admission_pace(&room->admission);
    memcpy(ask->kid, room->row.kid, sizeof ask->kid);
    bool knows = ask->verdict == WAITING_HERE || ask->verdict == WAITING_NEW;
    if (status != STATUS_OK || !knows)
        return status;
    struct place place;
    return line_find(room->line, ask->fan, now, &place, &ask->ahead);
}

void room_decide(struct room *room, struct waiting_ask *ask, uint8_t door, struct line_time now)
{
    enum status status = room->suspect ? STATUS_BUSY : carry_out(room, ask, door, now);
    if (status == STATUS_FULL) {
        ask->verdict = WAITING_FULL;
        return;
    }
    if (status == STATUS_OK)
        status = add_position(room, ask, now);
    if (status == STATUS_OK)
        return;
    ask->verdict = WAITING_FAILED;
    ask->status = status;
    if (!room->suspect)
        (void)trust(room, status);
}

/* --- doors ------------------------------------------------------------------------------------ */

static enum status open_door(struct room *room, uint8_t door, const unsigned char *hash,
                             struct line_time now)
{
    struct line_counts counts;
    enum status status = line_counts(room->line, &counts);
    if (status != STATUS_OK)
        return status;
    size_t most = counts.in[PLACE_HALL], count;
    uint32_t *sequences = calloc(most + 1, sizeof *sequences);
    if (!sequences)
        return STATUS_NO_MEMORY;
    status = line_hall(room->line, door, sequences, most, &count);
    if (status == STATUS_OK) {
        unsigned char seed[SHUFFLE_SEED_BYTES];
        room_seed(&room->row, door, seed);
        shuffle_draw(seed, hash, sequences, count);
        status = line_draw(room->line, door, sequences, count, now);
    }
    free(sequences);
    return status;
}

/* The draw takes the hash of the event before it: so whatever happened is made durable first. */
static void open_doors(struct room *room, struct line_time now)
{
    for (int i = WAITING_DOORS; i > 0 && !room->suspect; i--) { /* the public door last */
        uint8_t door = (uint8_t)(i % WAITING_DOORS);
        const struct room_door *known = &room->sale.doors[door];
        bool is_due = known->opens_at_ms > 0 && now.wall_ms >= known->opens_at_ms;
        bool is_open = (room->counts.doors_open >> door & 1) != 0;
        if (!is_due || is_open)
            continue;
        struct line_counts counts;
        if (!trust(room, line_counts(room->line, &counts)))
            return;
        if (counts.number == room->chain.number)
            (void)trust(room, open_door(room, door, room->chain.hash, now));
        return; /* one a round */
    }
}

static bool any_door_open(const struct room *room, int64_t now_ms)
{
    for (size_t door = 0; door < WAITING_DOORS; door++) {
        const struct room_door *known = &room->sale.doors[door];
        if ((room->counts.doors_open >> door & 1) != 0 && now_ms >= known->opens_at_ms &&
            now_ms < known->closes_at_ms)
            return true;
    }
    return false;
}

static enum room_state state_of(const struct room *room, int64_t now_ms)
{
    if (room->sale.closed)
        return ROOM_CLOSED;
    if (room->counts.doors_open == 0)
        return ROOM_HALL;
    if (room->sale.sold_out)
        return ROOM_SOLD_OUT;
    bool is_paused = room->sale.paused || room->admission.terms.mode == ADMISSION_PAUSED;
    return is_paused || !any_door_open(room, now_ms) ? ROOM_PAUSED : ROOM_OPEN;
}

/* --- a round ---------------------------------------------------------------------------------- */

static void pass_on_signs(struct room *room, struct line_time now)
{
    if (now.steady_ms - room->signs_at_ms < WAITING_SIGNS_MS)
        return;
    room->signs_at_ms = now.steady_ms;
    struct fan_id fans[WAITING_TOUCH_MAX];
    size_t left = room->listeners.count;
    while (left > 0 && !room->suspect) {
        size_t count = listeners_next(&room->listeners, fans,
                                      left < WAITING_TOUCH_MAX ? left : WAITING_TOUCH_MAX);
        (void)trust(room, line_touch(room->line, fans, count, now));
        left -= count;
    }
}

static void sweep(struct room *room, struct line_time now)
{
    size_t count = 0;
    if (now.steady_ms - room->swept_at_ms < SWEEP_MS)
        return;
    if (trust(room, line_sweep(room->line, WAITING_IDLE_MS, WAITING_SWEPT_MAX, now, &count)) &&
        count < WAITING_SWEPT_MAX)
        room->swept_at_ms = now.steady_ms; /* else there may be more: again in the next round */
}

/* A node that does not lead reckons all the same: it tells fans how long it takes, and may be the
   next to lead. */
static void call(struct room *room, int64_t commit_us, struct line_time now)
{
    struct line_counts counts;
    size_t called;
    if (!trust(room, line_counts(room->line, &counts)))
        return;
    for (; room->arrived_count < counts.arrived; room->arrived_count++)
        admission_came(&room->admission);
    struct admission_view view = {.waiting = counts.in[PLACE_WAITING],
                                  .active = counts.in[PLACE_ENTERED],
                                  .at_gate = counts.at_gate,
                                  .seats_free = room->sale.seats_free,
                                  .commit_us = commit_us};
    size_t most = admission_calls(&room->admission, &view, now.steady_ms);
    int64_t claim_s = (now.wall_ms + WAITING_CLAIM_MS) / MS_PER_S;
    if (room->leads && room->state == ROOM_OPEN && most > 0)
        (void)trust(room, line_call(room->line, most, claim_s, now, &called));
}

/* Of some ten seconds. */
static void count_sold(struct room *room, struct line_time now)
{
    double seconds = (double)(now.steady_ms - room->sold_at_ms) / MS_PER_S;
    if (seconds < 1)
        return;
    uint32_t sold = room->sale.seats_sold;
    double pace = sold > room->sold_count ? (sold - room->sold_count) / seconds : 0;
    if (room->sold_at_ms > 0)
        room->sold_per_second += (pace - room->sold_per_second) * (seconds < 10 ? seconds / 10 : 1);
    room->sold_count = sold;
    room->sold_at_ms = now.steady_ms;
}

void room_proceed(struct room *room, int64_t commit_us, struct line_time now)
{
    count_sold(room, now);
    if (room->suspect || !trust(room, line_lead(room->line, now, &room->leads)))
        return;
    pass_on_signs(room, now);
    if (room->leads && !room->suspect)
        open_doors(room, now);
    enum room_state before = room->state;
    room->state = state_of(room, now.wall_ms);
    room->document_urgent = room->document_urgent || room->state != before;
    if (room->leads && !room->suspect)
        sweep(room, now);
    if (!room->suspect)
        call(room, commit_us, now);
}

/* --- what has happened ------------------------------------------------------------------------ */

static void add_seals(const struct room *room, const struct seals *seals,
                      struct chain_event *chained)
{
    const struct line_event *event = &chained->event;
    if (event->kind == LINE_OPENED)
        room_seed(&room->row, event->door, chained->seed);
    if (event->kind != LINE_JOINED)
        return;
    struct receipt receipt = {room->option, event->fan, event->sequence, event->door};
    bool known = receipt_tag(seals, room->row.kid, &receipt, chained->tag);
    must(known); /* room_create() has looked */
}

/* Another node has led meanwhile, or Redis has lost what was durable: read back what is. */
static bool follows(struct room *room, const struct line_event *events, size_t count)
{
    struct line_counts counts;
    if (!trust(room, line_counts(room->line, &counts)))
        return false;
    bool is_lost = counts.number < room->chain.number;
    bool is_gone =
        count == 0 ? counts.number > room->chain.number : events[0].number > room->chain.number + 1;
    room->suspect = is_lost || is_gone;
    return !room->suspect;
}

size_t room_entries(struct room *room, const struct seals *seals, struct line_event *scratch,
                    struct room_entry *out_entries, size_t most)
{
    size_t count = 0;
    if (room->suspect || !room->leads ||
        !trust(room, line_journal(room->line, scratch, most, &count)) ||
        !follows(room, scratch, count))
        return 0;
    struct chain chain = room->chain;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (scratch[i].number <= chain.number)
            continue; /* durable, and not forgotten yet */
        if (scratch[i].number != chain.number + 1) {
            (void)trust(room, STATUS_INVALID);
            return 0;
        }
        struct room_entry *entry = &out_entries[kept++];
        *entry = (struct room_entry){.room = room, .chained = {.event = scratch[i]}};
        add_seals(room, seals, &entry->chained);
        char words[CHAIN_LINE_BYTES];
        size_t size = chain_write_event(&entry->chained, words);
        chain_add(&chain, text_make(words, size));
        entry->after = chain;
    }
    return kept;
}

static void remember_departure(struct room *room, const struct line_event *event)
{
    size_t at = room->departure_count++ % WAITING_DEPARTURES_TOLD_MAX;
    if (room->departure_count > WAITING_DEPARTURES_TOLD_MAX)
        room->since = room->departures[at].number;
    room->departures[at] = (struct room_departure){event->number, event->turn};
}

static void learn(struct room *room, const struct line_event *event, struct line_time now)
{
    switch (event->kind) {
    case LINE_CALLED:
        admission_called(&room->admission, 1, now.steady_ms);
        return;
    case LINE_BOUGHT:
    case LINE_OVER:
        admission_ended(&room->admission, event->kind == LINE_BOUGHT);
        return;
    case LINE_LEFT:
        if (event->before == PLACE_ENTERED)
            admission_ended(&room->admission, false);
        if (event->before == PLACE_WAITING)
            remember_departure(room, event);
        return;
    case LINE_LAPSED:
        if (event->before == PLACE_WAITING)
            remember_departure(room, event);
        return;
    case LINE_JOINED:
    case LINE_OPENED:
    case LINE_ENTERED:
    case LINE_KEPT:
    case LINE_MISSED:
        return;
    }
}

void room_hear(struct room *room, const struct line_event *event, struct line_time now)
{
    if (now.wall_ms - event->at_ms < FRESH_MS)
        learn(room, event, now);
}

void room_kept(struct room *room, const struct room_entry *entry, struct line_time now)
{
    room->chain = entry->after;
    learn(room, &entry->chained.event, now);
}

enum status room_follow(struct room *room, const struct line_event *event,
                        const unsigned char hash[CHAIN_HASH_BYTES])
{
    if (event->number != room->chain.number + 1)
        return STATUS_INVALID;
    room->chain.number = event->number;
    memcpy(room->chain.hash, hash, CHAIN_HASH_BYTES);
    room->since = event->number;
    return STATUS_OK;
}

enum status room_restore(struct room *room, const struct line_event *event,
                         const unsigned char hash[CHAIN_HASH_BYTES], struct line_time now)
{
    struct line_counts counts;
    enum status status = line_counts(room->line, &counts);
    if (status != STATUS_OK)
        return status;
    if (counts.number >= event->number)
        status = STATUS_OK; /* a line that others have kept */
    else if (event->kind != LINE_OPENED)
        status = line_restore(room->line, event, 1, now);
    else if (event->door < WAITING_DOORS && event->number == counts.number + 1)
        status = open_door(room, event->door, room->chain.hash, now);
    else
        status = STATUS_INVALID;
    if (status == STATUS_OK && event->kind == LINE_OPENED)
        status = line_forget(room->line, event->number);
    return status == STATUS_OK ? room_follow(room, event, hash) : status;
}

enum status room_restored(struct room *room)
{
    enum status status = line_counts(room->line, &room->counts);
    room->arrived_count = room->counts.arrived;
    return status;
}

/* --- the document ----------------------------------------------------------------------------- */

static void write_departures(const struct room *room, char *out, size_t room_bytes, size_t *at)
{
    size_t count = room->departure_count < WAITING_DEPARTURES_TOLD_MAX
                       ? room->departure_count
                       : WAITING_DEPARTURES_TOLD_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t index = (room->departure_count - count + i) % WAITING_DEPARTURES_TOLD_MAX;
        const struct room_departure *gone = &room->departures[index];
        *at += (size_t)snprintf(out + *at, room_bytes - *at, "%s[%" PRId64 ",%u]", i > 0 ? "," : "",
                                gone->number, gone->turn);
        must(*at < room_bytes);
    }
}

static size_t write_numbers(const struct room *room, struct line_time now, char *out, size_t bytes)
{
    struct admission_pace pace = admission_pace(&room->admission);
    char at[CLOCK_TEXT_BYTES], opens_at[CLOCK_TEXT_BYTES];
    int64_t opens_at_ms = room->sale.doors[0].opens_at_ms;
    clock_write_iso(clock_can_write(now.wall_ms) ? now.wall_ms : 0, at);
    clock_write_iso(clock_can_write(opens_at_ms) ? opens_at_ms : 0, opens_at);
    int size = snprintf(
        out, bytes,
        "{\"state\":\"%s\",\"number\":%" PRId64 ",\"serving\":%u,\"admitted\":%u,\"waiting\":%u,"
        "\"hall\":%u,\"active\":%u,\"rate\":%.1f,\"rateLeast\":%.1f,\"rateMost\":%.1f,"
        "\"opensAt\":\"%s\",\"at\":\"%s\",\"since\":%" PRId64 ",\"departures\":[",
        room_state_name(room->state), room->counts.number, room->counts.serving,
        room->counts.called, room->counts.in[PLACE_WAITING], room->counts.in[PLACE_HALL],
        room->counts.in[PLACE_ENTERED], pace.usual, pace.least, pace.most, opens_at, at,
        room->since);
    must(size > 0 && (size_t)size < bytes);
    return (size_t)size;
}

static void compose(struct room *room, struct line_time now)
{
    size_t size = write_numbers(room, now, room->document, sizeof room->document);
    write_departures(room, room->document, sizeof room->document - 2, &size);
    room->document[size++] = ']';
    room->document[size++] = '}';
    room->document_size = size;
    room->document_number = room->counts.number;
    room->document_urgent = false;
    room->shown_at_ms = now.steady_ms;
}

/* It goes out as it is. */
static bool is_document(struct text words)
{
    struct json_in_fault fault;
    struct json_in *document = json_in_open(words, &fault);
    bool good = document && json_in_is_object(document);
    if (document)
        json_in_close(document);
    return good;
}

/* Another node leads: its document is ours. */
static bool take_document(struct room *room, struct line_time now)
{
    size_t size = 0;
    char document[WAITING_DOCUMENT_BYTES_MAX];
    if (now.steady_ms - room->shown_at_ms < SHOW_MS)
        return false;
    room->shown_at_ms = now.steady_ms;
    if (!trust(room, line_counts(room->line, &room->counts)) ||
        !trust(room, line_shown(room->line, document, sizeof document, &size)) || size == 0 ||
        (size == room->document_size && memcmp(document, room->document, size) == 0) ||
        !is_document(text_make(document, size)))
        return false;
    memcpy(room->document, document, size);
    room->document_size = size;
    room->document_number++;
    return true;
}

bool room_write_document(struct room *room, struct line_time now)
{
    if (room->suspect)
        return false;
    if (!room->leads)
        return take_document(room, now);
    if (room->chain.number != room->document_number || room->document_size == 0)
        if (!trust(room, line_counts(room->line, &room->counts)))
            return false;
    bool is_news = room->counts.number != room->document_number || room->document_size == 0;
    bool is_time = now.steady_ms - room->shown_at_ms >= SHOW_MS;
    if (!room->document_urgent && !(is_news && is_time) && room->document_size > 0)
        return false;
    compose(room, now);
    return trust(room, line_show(room->line, text_make(room->document, room->document_size)));
}

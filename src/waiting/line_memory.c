/*
 * line_memory.c — places by sequence, turns in a set that can count.
 *
 *     places   fan → sequence → fan, state, door, stamp, turn          places.h: 26.7 bytes at most
 *     drawn    turn → sequence                                                  4 bytes a turn
 *     waiting  the turns that wait, hall: the sequences in the hall             0.4 bytes each
 *
 * and beside them some 24 bytes for each fan inside who holds seats, or before the gate.
 *
 * One function, happen(), changes a place, whether it happens now or is read back: so what a
 * restart builds is what was there, or the events are not ours.
 */
#include "waiting/line_memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "base/hash.h"
#include "base/must.h"
#include "base/table.h"
#include "waiting/places.h"
#include "waiting/ranks.h"

enum {
    JOURNAL_FIRST = 256,
    MS_PER_S = 1000,
};

struct line_memory {
    struct line base;
    struct places places;
    uint32_t *drawn;
    uint32_t drawn_room;
    struct table gate;      /* sequences of those who were called, and came when it was full */
    struct table prolonged; /* sequence → until when the entry was, where a hold has made it more */
    struct ranks waiting, hall;
    struct line_counts counts;
    uint32_t sweep_at; /* where the next sweep begins */
    struct line_event *journal;
    size_t journal_size, journal_room;
};

static struct line_memory *memory_of(struct line *line)
{
    return container_of(line, struct line_memory, base);
}

/* --- one place -------------------------------------------------------------------------------- */

static struct packed *place_at(const struct line_memory *memory, uint32_t sequence)
{
    return places_at(&memory->places, sequence);
}

static uint32_t sequence_of(const struct line_memory *memory, struct fan_id fan)
{
    return places_find(&memory->places, fan);
}

static uint32_t seconds(int64_t ms)
{
    int64_t whole = ms / MS_PER_S;
    return whole < 0 ? 0 : whole > UINT32_MAX ? UINT32_MAX : (uint32_t)whole;
}

static struct place unpack(const struct line_memory *memory, uint32_t sequence)
{
    const struct packed *packed = place_at(memory, sequence);
    enum place_state state = packed_state(packed);
    bool has_until = state == PLACE_CALLED || state == PLACE_ENTERED;
    uint32_t entry_until_s = packed->stamp;
    if (state == PLACE_ENTERED)
        (void)table_get(&memory->prolonged, hash_id(sequence), &entry_until_s);
    return (struct place){.sequence = sequence,
                          .turn = packed->turn,
                          .fan = packed_fan(packed),
                          .state = state,
                          .door = packed_door(packed),
                          .earlier = packed_earlier(packed),
                          .until_s = has_until ? packed->stamp : 0,
                          .entry_until_s = state == PLACE_ENTERED ? entry_until_s : 0,
                          .ended_s = place_has_ended(state) ? packed->stamp : 0};
}

/* --- events ----------------------------------------------------------------------------------- */

static enum status reserve_journal(struct line_memory *memory, size_t more)
{
    size_t room = memory->journal_room ? memory->journal_room : JOURNAL_FIRST;
    while (room < memory->journal_size + more)
        room *= 2;
    if (room == memory->journal_room)
        return STATUS_OK;
    struct line_event *journal = realloc(memory->journal, room * sizeof *journal);
    if (!journal)
        return STATUS_NO_MEMORY;
    memory->journal = journal;
    memory->journal_room = room;
    return STATUS_OK;
}

/* There is room: reserve_journal(). */
static void note(struct line_memory *memory, struct line_event event)
{
    must(memory->journal_size < memory->journal_room);
    event.number = ++memory->counts.number;
    event.at_ms = event.at_ms > memory->counts.at_ms ? event.at_ms : memory->counts.at_ms;
    memory->counts.at_ms = event.at_ms;
    memory->journal[memory->journal_size++] = event;
}

static void count_state(struct line_memory *memory, enum place_state from, enum place_state to)
{
    memory->counts.in[from]--;
    memory->counts.in[to]++;
}

/* The one place where a place changes its state. */
static void happen(struct line_memory *memory, uint32_t sequence, enum line_event_kind kind,
                   int64_t until_s, struct line_time now)
{
    struct packed *packed = place_at(memory, sequence);
    enum place_state from = packed_state(packed), to = line_after(kind);
    must(line_may(from, kind));

    note(memory, (struct line_event){.kind = kind,
                                     .sequence = sequence,
                                     .fan = packed_fan(packed),
                                     .turn = packed->turn,
                                     .until_s = until_s,
                                     .at_ms = now.wall_ms,
                                     .before = from});
    ranks_remove(&memory->hall, from == PLACE_HALL ? sequence : 0);
    ranks_remove(&memory->waiting, from == PLACE_WAITING ? packed->turn : 0);
    count_state(memory, from, to);
    packed_set_state(packed, to);
    packed->stamp = place_has_ended(to) ? seconds(memory->counts.at_ms) : (uint32_t)until_s;
    if (from == PLACE_ENTERED && to != PLACE_ENTERED)
        table_remove(&memory->prolonged, hash_id(sequence));
    uint32_t stood;
    if (kind == LINE_ENTERED && !table_get(&memory->gate, hash_id(sequence), &stood))
        memory->counts.arrived++;
    table_remove(&memory->gate, hash_id(sequence));
    if (kind == LINE_CALLED) {
        memory->counts.serving = packed->turn;
        memory->counts.called++;
    }
    if (kind == LINE_ENTERED)
        memory->counts.entered++;
}

/* --- joining ---------------------------------------------------------------------------------- */

static enum status room_for_turns(struct line_memory *memory, size_t more)
{
    size_t wanted = (size_t)memory->counts.drawn + more + 1;
    if (wanted <= memory->drawn_room)
        return STATUS_OK;
    size_t room = memory->drawn_room + memory->drawn_room / 8; /* an eighth: little is unused */
    room = room < wanted ? wanted + JOURNAL_FIRST : room;
    uint32_t *drawn = realloc(memory->drawn, room * sizeof *drawn);
    if (!drawn)
        return STATUS_NO_MEMORY;
    memory->drawn = drawn;
    enum status status = ranks_reserve(&memory->waiting, (uint32_t)room - 1);
    if (status == STATUS_OK)
        memory->drawn_room = (uint32_t)room;
    return status;
}

/* There is room: room_for_turns(). */
static void give_turn(struct line_memory *memory, uint32_t sequence)
{
    struct packed *packed = place_at(memory, sequence);
    packed->turn = ++memory->counts.drawn;
    memory->drawn[packed->turn] = sequence;
    packed_set_state(packed, PLACE_WAITING);
    enum status added = ranks_add(&memory->waiting, packed->turn);
    must(added == STATUS_OK);
}

static bool door_is_open(const struct line_memory *memory, uint8_t door)
{
    return (memory->counts.doors_open >> door & 1) != 0;
}

static enum status add_place(struct line_memory *memory, struct fan_id fan, uint8_t door,
                             struct line_time now)
{
    enum status status = places_reserve(&memory->places);
    if (status == STATUS_OK)
        status = reserve_journal(memory, 1);
    if (status == STATUS_OK)
        status = ranks_reserve(&memory->hall, memory->counts.joined + 2);
    if (status == STATUS_OK)
        status = room_for_turns(memory, 1);
    if (status != STATUS_OK)
        return status;
    uint32_t sequence = places_add(&memory->places, fan, door);
    memory->counts.joined = sequence;
    place_at(memory, sequence)->stamp = seconds(now.steady_ms);
    note(memory, (struct line_event){.kind = LINE_JOINED,
                                     .sequence = sequence,
                                     .fan = fan,
                                     .door = door,
                                     .at_ms = now.wall_ms});
    if (door_is_open(memory, door) || door_is_open(memory, 0)) {
        memory->counts.in[PLACE_WAITING]++;
        give_turn(memory, sequence);
        return STATUS_OK;
    }
    memory->counts.in[PLACE_HALL]++;
    return ranks_add(&memory->hall, sequence);
}

static void see(struct line_memory *memory, uint32_t sequence, struct line_time now)
{
    struct packed *packed = place_at(memory, sequence);
    enum place_state state = packed_state(packed);
    if (state == PLACE_HALL || state == PLACE_WAITING)
        packed->stamp = seconds(now.steady_ms);
}

static enum status memory_join(struct line *line, struct fan_id fan, uint8_t door,
                               struct line_time now, struct place *out_place, bool *out_new)
{
    struct line_memory *memory = memory_of(line);
    uint32_t sequence = sequence_of(memory, fan);
    bool is_new = sequence == 0 || place_has_ended(packed_state(place_at(memory, sequence)));
    if (is_new) {
        enum status status = add_place(memory, fan, door, now);
        if (status != STATUS_OK)
            return status;
        sequence = memory->counts.joined;
    }
    see(memory, sequence, now);
    *out_place = unpack(memory, sequence);
    *out_new = is_new;
    return STATUS_OK;
}

static enum status memory_find(struct line *line, struct fan_id fan, struct line_time now,
                               struct place *out_place, uint32_t *out_ahead)
{
    struct line_memory *memory = memory_of(line);
    uint32_t sequence = sequence_of(memory, fan);
    if (sequence == 0)
        return STATUS_MISSING;
    see(memory, sequence, now);
    *out_place = unpack(memory, sequence);
    *out_ahead = 0;
    if (out_place->state == PLACE_WAITING)
        *out_ahead = ranks_below(&memory->waiting, out_place->turn);
    if (out_place->state == PLACE_HALL)
        *out_ahead = memory->waiting.member_count + ranks_below(&memory->hall, sequence);
    return STATUS_OK;
}

static enum status memory_touch(struct line *line, const struct fan_id *fans, size_t count,
                                struct line_time now)
{
    struct line_memory *memory = memory_of(line);
    for (size_t i = 0; i < count; i++) {
        uint32_t sequence = sequence_of(memory, fans[i]);
        if (sequence != 0)
            see(memory, sequence, now);
    }
    return STATUS_OK;
}

static enum status memory_leave(struct line *line, struct fan_id fan, struct line_time now,
                                struct place *out_place)
{
    struct line_memory *memory = memory_of(line);
    uint32_t sequence = sequence_of(memory, fan);
    if (sequence == 0)
        return STATUS_MISSING;
    if (reserve_journal(memory, 1) != STATUS_OK)
        return STATUS_NO_MEMORY;
    if (line_may(packed_state(place_at(memory, sequence)), LINE_LEFT))
        happen(memory, sequence, LINE_LEFT, 0, now);
    *out_place = unpack(memory, sequence);
    return STATUS_OK;
}

/* --- opening ---------------------------------------------------------------------------------- */

static enum status memory_hall(struct line *line, uint8_t door, uint32_t *out_sequences,
                               size_t most, size_t *out_count)
{
    const struct line_memory *memory = memory_of(line);
    size_t count = 0;
    for (uint32_t sequence = 1; sequence <= memory->counts.joined; sequence++) {
        const struct packed *packed = place_at(memory, sequence);
        if (packed_state(packed) != PLACE_HALL || (door != 0 && packed_door(packed) != door))
            continue;
        must(count < most);
        out_sequences[count++] = sequence;
    }
    *out_count = count;
    return STATUS_OK;
}

static enum status memory_draw(struct line *line, uint8_t door, const uint32_t *sequences,
                               size_t count, struct line_time now)
{
    struct line_memory *memory = memory_of(line);
    if (door_is_open(memory, door))
        return STATUS_OK;
    if (reserve_journal(memory, 1) != STATUS_OK || room_for_turns(memory, count) != STATUS_OK)
        return STATUS_NO_MEMORY;
    note(memory,
         (struct line_event){
             .kind = LINE_OPENED, .turn = (uint32_t)count, .door = door, .at_ms = now.wall_ms});
    memory->counts.doors_open |= 1U << door;
    for (size_t i = 0; i < count; i++) {
        must(packed_state(place_at(memory, sequences[i])) == PLACE_HALL);
        ranks_remove(&memory->hall, sequences[i]);
        count_state(memory, PLACE_HALL, PLACE_WAITING);
        give_turn(memory, sequences[i]);
    }
    return STATUS_OK;
}

/* --- letting in ------------------------------------------------------------------------------- */

static enum status memory_call(struct line *line, size_t most, int64_t claim_s,
                               struct line_time now, size_t *out_count)
{
    struct line_memory *memory = memory_of(line);
    if (reserve_journal(memory, most) != STATUS_OK)
        return STATUS_NO_MEMORY;
    uint32_t turn;
    size_t count = 0;
    for (; count < most && ranks_least(&memory->waiting, &turn); count++)
        happen(memory, memory->drawn[turn], LINE_CALLED, claim_s, now);
    *out_count = count;
    return STATUS_OK;
}

/* The fan's latest place, if it is in this state; else 0. */
static uint32_t sequence_in(const struct line_memory *memory, struct fan_id fan,
                            enum place_state state)
{
    uint32_t sequence = sequence_of(memory, fan);
    return sequence != 0 && packed_state(place_at(memory, sequence)) == state ? sequence : 0;
}

static enum status stand_at_gate(struct line_memory *memory, uint32_t sequence,
                                 struct line_time now)
{
    uint32_t longer = seconds(now.wall_ms + WAITING_CLAIM_MS), stood;
    struct packed *packed = place_at(memory, sequence);
    packed->stamp = packed->stamp < longer ? longer : packed->stamp;
    if (table_get(&memory->gate, hash_id(sequence), &stood))
        return STATUS_FULL;
    if (table_set(&memory->gate, hash_id(sequence), 1) != STATUS_OK)
        return STATUS_NO_MEMORY;
    memory->counts.arrived++;
    return STATUS_FULL;
}

static enum status memory_enter(struct line *line, struct fan_id fan, uint32_t active_max,
                                int64_t until_s, struct line_time now, struct place *out_place,
                                bool *out_new)
{
    struct line_memory *memory = memory_of(line);
    uint32_t sequence = sequence_of(memory, fan);
    *out_new = false;
    *out_place = sequence != 0 ? unpack(memory, sequence) : (struct place){0};
    if (sequence != 0 && out_place->state == PLACE_ENTERED)
        return STATUS_OK;
    if (sequence == 0 || out_place->state != PLACE_CALLED)
        return STATUS_MISSING;
    if (memory->counts.in[PLACE_ENTERED] >= active_max)
        return stand_at_gate(memory, sequence, now);
    if (reserve_journal(memory, 1) != STATUS_OK)
        return STATUS_NO_MEMORY;
    happen(memory, sequence, LINE_ENTERED, until_s, now);
    *out_place = unpack(memory, sequence);
    *out_new = true;
    return STATUS_OK;
}

/* Before the first hold prolongs it. */
static enum status remember_entry(struct line_memory *memory, uint32_t sequence)
{
    uint64_t key = hash_id(sequence);
    uint32_t known_s;
    if (table_get(&memory->prolonged, key, &known_s))
        return STATUS_OK;
    return table_set(&memory->prolonged, key, place_at(memory, sequence)->stamp);
}

static enum status memory_keep(struct line *line, struct fan_id fan, int64_t until_s,
                               struct line_time now)
{
    struct line_memory *memory = memory_of(line);
    uint32_t sequence = sequence_in(memory, fan, PLACE_ENTERED);
    if (sequence == 0 || place_at(memory, sequence)->stamp >= until_s)
        return STATUS_OK;
    if (reserve_journal(memory, 1) != STATUS_OK || remember_entry(memory, sequence) != STATUS_OK)
        return STATUS_NO_MEMORY;
    happen(memory, sequence, LINE_KEPT, until_s, now);
    return STATUS_OK;
}

static enum status memory_bought(struct line *line, struct fan_id fan, struct line_time now)
{
    struct line_memory *memory = memory_of(line);
    uint32_t sequence = sequence_in(memory, fan, PLACE_ENTERED);
    if (sequence == 0)
        return STATUS_OK;
    if (reserve_journal(memory, 1) != STATUS_OK)
        return STATUS_NO_MEMORY;
    happen(memory, sequence, LINE_BOUGHT, 0, now);
    return STATUS_OK;
}

/* What time has done to this place; 0 for nothing. */
static int due(const struct packed *packed, int64_t idle_ms, struct line_time now)
{
    switch (packed_state(packed)) {
    case PLACE_HALL:
    case PLACE_WAITING:
        return now.steady_ms - (int64_t)packed->stamp * MS_PER_S >= idle_ms ? LINE_LAPSED : 0;
    case PLACE_CALLED:
        return now.wall_ms >= (int64_t)packed->stamp * MS_PER_S ? LINE_MISSED : 0;
    case PLACE_ENTERED:
        return now.wall_ms >= (int64_t)packed->stamp * MS_PER_S ? LINE_OVER : 0;
    case PLACE_BOUGHT:
    case PLACE_LEFT:
    case PLACE_LAPSED:
    case PLACE_MISSED:
    case PLACE_OVER:
    case PLACE_STATE_COUNT:
        return 0;
    }
    return 0;
}

static enum status memory_sweep(struct line *line, int64_t idle_ms, size_t most,
                                struct line_time now, size_t *out_count)
{
    struct line_memory *memory = memory_of(line);
    if (reserve_journal(memory, most) != STATUS_OK)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    for (uint32_t looked = 0; looked < memory->counts.joined && count < most; looked++) {
        memory->sweep_at = memory->sweep_at % memory->counts.joined + 1;
        int kind = due(place_at(memory, memory->sweep_at), idle_ms, now);
        if (kind == 0)
            continue;
        happen(memory, memory->sweep_at, (enum line_event_kind)kind, 0, now);
        count++;
    }
    *out_count = count;
    return STATUS_OK;
}

static enum status memory_counts(struct line *line, struct line_counts *out_counts)
{
    *out_counts = memory_of(line)->counts;
    out_counts->at_gate = (uint32_t)memory_of(line)->gate.entry_count;
    return STATUS_OK;
}

/* --- what has happened ------------------------------------------------------------------------ */

static enum status memory_journal(struct line *line, struct line_event *out_events, size_t most,
                                  size_t *out_count)
{
    const struct line_memory *memory = memory_of(line);
    size_t count = memory->journal_size < most ? memory->journal_size : most;
    if (count > 0)
        memcpy(out_events, memory->journal, count * sizeof *out_events);
    *out_count = count;
    return STATUS_OK;
}

static enum status memory_forget(struct line *line, int64_t number)
{
    struct line_memory *memory = memory_of(line);
    size_t gone = 0;
    while (gone < memory->journal_size && memory->journal[gone].number <= number)
        gone++;
    memory->journal_size -= gone;
    if (gone > 0)
        memmove(memory->journal, memory->journal + gone,
                memory->journal_size * sizeof *memory->journal);
    return STATUS_OK;
}

/* It is new, and nobody sees it before it is complete. */
static enum status memory_begin(struct line *line, int64_t durable)
{
    (void)line;
    (void)durable;
    return STATUS_OK;
}

static enum status memory_complete(struct line *line)
{
    (void)line;
    return STATUS_OK;
}

static bool is_whose_turn_it_is(const struct line_memory *memory, const struct packed *packed)
{
    uint32_t turn;
    return ranks_least(&memory->waiting, &turn) && turn == packed->turn;
}

static enum status restore_joined(struct line_memory *memory, const struct line_event *event,
                                  struct line_time now)
{
    uint32_t earlier = id_valid(event->fan.value) ? sequence_of(memory, event->fan) : 0;
    bool has_place = earlier != 0 && !place_has_ended(packed_state(place_at(memory, earlier)));
    if (!id_valid(event->fan.value) || has_place || event->door >= WAITING_DOORS ||
        event->sequence != memory->counts.joined + 1)
        return STATUS_INVALID;
    return add_place(memory, event->fan, event->door, now);
}

static enum status restore_one(struct line_memory *memory, const struct line_event *event,
                               struct line_time now)
{
    if (event->number <= memory->counts.number)
        return STATUS_OK;
    if (event->number != memory->counts.number + 1)
        return STATUS_INVALID;
    if (event->kind == LINE_JOINED)
        return restore_joined(memory, event, now);
    if (event->sequence < 1 || event->sequence > memory->counts.joined || event->until_s < 0 ||
        event->until_s > UINT32_MAX)
        return STATUS_INVALID;
    const struct packed *packed = place_at(memory, event->sequence);
    if (!line_may(packed_state(packed), event->kind) ||
        (event->kind == LINE_CALLED && !is_whose_turn_it_is(memory, packed)))
        return STATUS_INVALID;
    if (reserve_journal(memory, 1) != STATUS_OK ||
        (event->kind == LINE_KEPT && remember_entry(memory, event->sequence) != STATUS_OK))
        return STATUS_NO_MEMORY;
    int64_t until_s = event->until_s;
    int64_t grace_s = (now.wall_ms + WAITING_CLAIM_MS) / MS_PER_S;
    if (event->kind == LINE_CALLED && until_s < grace_s)
        until_s = grace_s; /* while nobody could come in, nobody has missed the turn */
    struct line_time then = {event->at_ms, now.steady_ms};
    happen(memory, event->sequence, event->kind, until_s, then);
    return STATUS_OK;
}

static enum status memory_restore(struct line *line, const struct line_event *events, size_t count,
                                  struct line_time now)
{
    struct line_memory *memory = memory_of(line);
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        status = restore_one(memory, &events[i], now);
        if (status == STATUS_OK && events[i].number == memory->counts.number)
            memory->counts.at_ms = events[i].at_ms;
        memory->journal_size = 0; /* what is read back is durable */
    }
    return status;
}

/* --- one node --------------------------------------------------------------------------------- */

static enum status memory_lead(struct line *line, struct line_time now, bool *out_leads)
{
    (void)line;
    (void)now;
    *out_leads = true;
    return STATUS_OK;
}

static enum status memory_show(struct line *line, struct text document)
{
    (void)line;
    (void)document; /* there is no other node to read it */
    return STATUS_OK;
}

static enum status memory_shown(struct line *line, char *out_bytes, size_t bytes_max,
                                size_t *out_size)
{
    (void)line;
    (void)out_bytes;
    (void)bytes_max;
    *out_size = 0;
    return STATUS_OK;
}

static void memory_destroy(struct line *line)
{
    struct line_memory *memory = memory_of(line);
    places_deinit(&memory->places);
    table_deinit(&memory->gate);
    table_deinit(&memory->prolonged);
    free(memory->drawn);
    free(memory->journal);
    ranks_deinit(&memory->waiting);
    ranks_deinit(&memory->hall);
    free(memory);
}

static const struct line_ops memory_ops = {
    .name = "memory",
    .join = memory_join,
    .find = memory_find,
    .touch = memory_touch,
    .leave = memory_leave,
    .hall = memory_hall,
    .draw = memory_draw,
    .call = memory_call,
    .enter = memory_enter,
    .keep = memory_keep,
    .bought = memory_bought,
    .sweep = memory_sweep,
    .counts = memory_counts,
    .journal = memory_journal,
    .forget = memory_forget,
    .begin = memory_begin,
    .complete = memory_complete,
    .restore = memory_restore,
    .lead = memory_lead,
    .show = memory_show,
    .shown = memory_shown,
    .destroy = memory_destroy,
};

static enum status make(struct line_maker *maker, struct option_id option, struct line **out_line)
{
    (void)maker;
    (void)option;
    struct line_memory *memory = calloc(1, sizeof *memory);
    if (!memory)
        return STATUS_NO_MEMORY;
    memory->base.ops = &memory_ops;
    places_init(&memory->places);
    ranks_init(&memory->waiting);
    ranks_init(&memory->hall);
    table_init(&memory->gate, WAITING_PLACES_MAX);
    table_init(&memory->prolonged, WAITING_PLACES_MAX);
    *out_line = &memory->base;
    return STATUS_OK;
}

struct line_maker *line_memory_maker(void)
{
    static struct line_maker maker = {make};
    return &maker;
}

size_t line_memory_bytes(const struct line *line)
{
    const struct line_memory *memory = memory_of((struct line *)line);
    return sizeof *memory + places_bytes(&memory->places) +
           memory->drawn_room * sizeof *memory->drawn + ranks_bytes(&memory->waiting) +
           ranks_bytes(&memory->hall);
}

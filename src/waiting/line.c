/*
 * line.c — the door to every line: the contract is checked here once for all adapters.
 */
#include "waiting/line.h"

#include "base/clock.h"
#include "base/must.h"

enum status line_join(struct line *line, struct fan_id fan, uint8_t door, struct line_time now,
                      struct place *out_place, bool *out_new)
{
    must(id_valid(fan.value));
    must(door < WAITING_DOORS);
    return line->ops->join(line, fan, door, now, out_place, out_new);
}

enum status line_find(struct line *line, struct fan_id fan, struct line_time now,
                      struct place *out_place, uint32_t *out_ahead)
{
    must(id_valid(fan.value));
    return line->ops->find(line, fan, now, out_place, out_ahead);
}

enum status line_touch(struct line *line, const struct fan_id *fans, size_t count,
                       struct line_time now)
{
    must(count <= WAITING_TOUCH_MAX);
    return line->ops->touch(line, fans, count, now);
}

enum status line_leave(struct line *line, struct fan_id fan, struct line_time now,
                       struct place *out_place)
{
    must(id_valid(fan.value));
    return line->ops->leave(line, fan, now, out_place);
}

enum status line_hall(struct line *line, uint8_t door, uint32_t *out_sequences, size_t most,
                      size_t *out_count)
{
    must(door < WAITING_DOORS);
    return line->ops->hall(line, door, out_sequences, most, out_count);
}

enum status line_draw(struct line *line, uint8_t door, const uint32_t *sequences, size_t count,
                      struct line_time now)
{
    must(door < WAITING_DOORS);
    return line->ops->draw(line, door, sequences, count, now);
}

enum status line_call(struct line *line, size_t most, int64_t claim_s, struct line_time now,
                      size_t *out_count)
{
    must(most <= WAITING_CALLS_MAX);
    return line->ops->call(line, most, claim_s, now, out_count);
}

enum status line_enter(struct line *line, struct fan_id fan, uint32_t active_max, int64_t until_s,
                       struct line_time now, struct place *out_place, bool *out_new)
{
    must(id_valid(fan.value));
    return line->ops->enter(line, fan, active_max, until_s, now, out_place, out_new);
}

enum status line_keep(struct line *line, struct fan_id fan, int64_t until_s, struct line_time now)
{
    return line->ops->keep(line, fan, until_s, now);
}

enum status line_bought(struct line *line, struct fan_id fan, struct line_time now)
{
    return line->ops->bought(line, fan, now);
}

enum status line_sweep(struct line *line, int64_t idle_ms, size_t most, struct line_time now,
                       size_t *out_count)
{
    must(most > 0);
    must(most <= WAITING_SWEPT_MAX);
    return line->ops->sweep(line, idle_ms, most, now, out_count);
}

enum status line_counts(struct line *line, struct line_counts *out_counts)
{
    return line->ops->counts(line, out_counts);
}

enum status line_journal(struct line *line, struct line_event *out_events, size_t most,
                         size_t *out_count)
{
    return line->ops->journal(line, out_events, most, out_count);
}

enum status line_forget(struct line *line, int64_t number)
{
    return line->ops->forget(line, number);
}

enum status line_begin(struct line *line, int64_t durable)
{
    must(durable >= 0);
    return line->ops->begin(line, durable);
}

enum status line_complete(struct line *line)
{
    return line->ops->complete(line);
}

enum status line_restore(struct line *line, const struct line_event *events, size_t count,
                         struct line_time now)
{
    return line->ops->restore(line, events, count, now);
}

enum status line_lead(struct line *line, struct line_time now, bool *out_leads)
{
    return line->ops->lead(line, now, out_leads);
}

enum status line_show(struct line *line, struct text document)
{
    must(document.size <= WAITING_DOCUMENT_BYTES_MAX);
    return line->ops->show(line, document);
}

enum status line_shown(struct line *line, char *out_bytes, size_t bytes_max, size_t *out_size)
{
    return line->ops->shown(line, out_bytes, bytes_max, out_size);
}

void line_destroy(struct line *line)
{
    if (line)
        line->ops->destroy(line);
}

/* --- places ----------------------------------------------------------------------------------- */

const char *place_state_name(enum place_state state)
{
    static const char *const names[PLACE_STATE_COUNT] = {
        "HALL", "WAITING", "CALLED", "ENTERED", "BOUGHT", "LEFT", "LAPSED", "MISSED", "OVER"};
    return names[state];
}

bool place_has_ended(enum place_state state)
{
    return state >= PLACE_BOUGHT;
}

bool line_event_kind_read(struct text letter, enum line_event_kind *out_kind)
{
    static const char kinds[] = {LINE_JOINED, LINE_OPENED, LINE_CALLED, LINE_ENTERED, LINE_KEPT,
                                 LINE_BOUGHT, LINE_LEFT,   LINE_LAPSED, LINE_MISSED,  LINE_OVER};
    if (letter.size != 1 || !memchr(kinds, letter.bytes[0], sizeof kinds))
        return false;
    *out_kind = (enum line_event_kind)letter.bytes[0];
    return true;
}

bool line_may(enum place_state state, enum line_event_kind kind)
{
    switch (kind) {
    case LINE_CALLED:
        return state == PLACE_WAITING;
    case LINE_ENTERED:
    case LINE_MISSED:
        return state == PLACE_CALLED;
    case LINE_KEPT:
    case LINE_BOUGHT:
    case LINE_OVER:
        return state == PLACE_ENTERED;
    case LINE_LAPSED:
        return state == PLACE_HALL || state == PLACE_WAITING;
    case LINE_LEFT:
        return !place_has_ended(state);
    case LINE_JOINED:
    case LINE_OPENED:
        return false; /* they are of no place that is there already */
    }
    return false;
}

enum place_state line_after(enum line_event_kind kind)
{
    switch (kind) {
    case LINE_CALLED:
        return PLACE_CALLED;
    case LINE_ENTERED:
    case LINE_KEPT:
        return PLACE_ENTERED;
    case LINE_BOUGHT:
        return PLACE_BOUGHT;
    case LINE_LEFT:
        return PLACE_LEFT;
    case LINE_LAPSED:
        return PLACE_LAPSED;
    case LINE_MISSED:
        return PLACE_MISSED;
    case LINE_OVER:
        return PLACE_OVER;
    case LINE_JOINED:
    case LINE_OPENED:
        return PLACE_HALL;
    }
    return PLACE_HALL;
}

bool line_event_is_sound(const struct line_event *event)
{
    bool is_of_place = event->kind != LINE_OPENED;
    bool has_fan = event->kind != LINE_JOINED || id_valid(event->fan.value);
    return has_fan && event->number > 0 && (event->sequence > 0) == is_of_place &&
           event->sequence <= WAITING_PLACES_MAX && event->turn <= WAITING_PLACES_MAX &&
           event->door < WAITING_DOORS && event->until_s >= 0 && event->until_s <= UINT32_MAX &&
           clock_can_write(event->at_ms);
}

/* marks.c — a byte a seat: nothing, blocked, or 1 + the place of its allotment. */
#include "booking/marks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

enum { NOTHING = 0, BLOCKED = UINT8_MAX };

static_assert(ALLOTMENTS_MAX < UINT8_MAX, "an allotment's place is a byte");

enum status marks_init(struct marks *marks, uint32_t seat_count)
{
    *marks = (struct marks){.seat_count = seat_count,
                            .next_release_ms = INT64_MAX,
                            .of_seat = calloc(seat_count, sizeof *marks->of_seat)};
    return marks->of_seat ? STATUS_OK : STATUS_NO_MEMORY;
}

void marks_deinit(struct marks *marks)
{
    free(marks->of_seat);
    marks->of_seat = NULL;
}

void marks_clear(struct marks *marks)
{
    memset(marks->of_seat, NOTHING, marks->seat_count);
    memset(marks->allotments, 0, sizeof marks->allotments);
    marks->next_release_ms = INT64_MAX;
}

static bool has_release(const struct allotment *allotment)
{
    return allotment->id != 0 && allotment->releases_at_ms != 0;
}

/* Allotments come and go rarely, and every turn asks when the next one is due. */
static void find_next_release(struct marks *marks)
{
    marks->next_release_ms = INT64_MAX;
    for (size_t place = 0; place < ALLOTMENTS_MAX; place++) {
        const struct allotment *allotment = &marks->allotments[place];
        if (has_release(allotment) && allotment->releases_at_ms < marks->next_release_ms)
            marks->next_release_ms = allotment->releases_at_ms;
    }
}

/* ALLOTMENTS_MAX when there is none; the id 0 finds a free place. */
static size_t place_of(const struct marks *marks, int64_t id)
{
    size_t place = 0;
    while (place < ALLOTMENTS_MAX && marks->allotments[place].id != id)
        place++;
    return place;
}

enum status marks_add_allotment(struct marks *marks, const struct allotment *allotment)
{
    must(allotment->id != 0);
    size_t place = place_of(marks, 0);
    if (place == ALLOTMENTS_MAX)
        return STATUS_FULL;
    marks->allotments[place] = *allotment;
    find_next_release(marks);
    return STATUS_OK;
}

bool marks_find_allotment(const struct marks *marks, int64_t id, struct allotment *out_allotment)
{
    size_t place = id == 0 ? ALLOTMENTS_MAX : place_of(marks, id);
    if (place == ALLOTMENTS_MAX)
        return false;
    *out_allotment = marks->allotments[place];
    return true;
}

bool marks_full(const struct marks *marks)
{
    return place_of(marks, 0) == ALLOTMENTS_MAX;
}

void marks_end_allotment(struct marks *marks, int64_t id)
{
    size_t place = place_of(marks, id);
    must(id != 0 && place < ALLOTMENTS_MAX);
    marks->allotments[place] = (struct allotment){0};
    find_next_release(marks);
}

bool marks_next_release(const struct marks *marks, int64_t now_ms, struct allotment *out_allotment)
{
    if (marks->next_release_ms > now_ms)
        return false;
    size_t place = 0;
    while (!has_release(&marks->allotments[place]) ||
           marks->allotments[place].releases_at_ms != marks->next_release_ms)
        place++;
    *out_allotment = marks->allotments[place];
    return true;
}

bool marks_none(const struct marks *marks, uint32_t seat)
{
    return marks->of_seat[seat] == NOTHING;
}

bool marks_blocked(const struct marks *marks, uint32_t seat)
{
    return marks->of_seat[seat] == BLOCKED;
}

static struct allotment allotment_of(const struct marks *marks, uint32_t seat)
{
    if (marks_none(marks, seat) || marks_blocked(marks, seat))
        return (struct allotment){0};
    return marks->allotments[marks->of_seat[seat] - 1];
}

int64_t marks_allotment_of(const struct marks *marks, uint32_t seat)
{
    return allotment_of(marks, seat).id;
}

int64_t marks_group_of(const struct marks *marks, uint32_t seat)
{
    return allotment_of(marks, seat).group;
}

void marks_block(struct marks *marks, uint32_t seat)
{
    marks->of_seat[seat] = BLOCKED;
}

void marks_allot(struct marks *marks, uint32_t seat, int64_t allotment)
{
    size_t place = place_of(marks, allotment);
    must(allotment != 0 && place < ALLOTMENTS_MAX);
    marks->of_seat[seat] = (uint8_t)(1 + place);
}

void marks_wipe(struct marks *marks, uint32_t seat)
{
    marks->of_seat[seat] = NOTHING;
}

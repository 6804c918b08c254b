/*
 * marks.h — the seats of one sale that are not for everybody: blocked, or set aside in an
 * allotment.
 *
 * A mark says who can hold the seat; whether somebody has it is not known here. Blocked seats are
 * nobody's, allotted ones are for the members of the allotment's group, or nobody's either.
 *
 * Thread   One thread at a time: the engine's.
 * Memory   A byte a seat at creation.
 * Time     Wall milliseconds; nothing happens by itself: whoever asks is told what is due.
 * Limits   ALLOTMENTS_MAX at once.
 */
#ifndef BOOKING_MARKS_H
#define BOOKING_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "limits.h"

struct allotment {
    int64_t id;             /* 0: the place is free */
    int64_t group;          /* 0: nobody can hold its seats */
    int64_t releases_at_ms; /* its seats are for everybody then; 0: when somebody ends it */
};

struct marks {
    uint8_t *of_seat;
    uint32_t seat_count;
    int64_t next_release_ms; /* of all allotments; INT64_MAX: none is released by time */
    struct allotment allotments[ALLOTMENTS_MAX];
};

MUST_USE enum status marks_init(struct marks *marks, uint32_t seat_count);
void marks_deinit(struct marks *marks);
void marks_clear(struct marks *marks);

/* STATUS_FULL when there are ALLOTMENTS_MAX. */
MUST_USE enum status marks_add_allotment(struct marks *marks, const struct allotment *allotment);
bool marks_find_allotment(const struct marks *marks, int64_t id, struct allotment *out_allotment);
bool marks_full(const struct marks *marks);
void marks_end_allotment(struct marks *marks,
                         int64_t id); /* none of its seats is marked any more */
/* One that is to be released by now_ms; false: none. */
bool marks_next_release(const struct marks *marks, int64_t now_ms, struct allotment *out_allotment);

bool marks_none(const struct marks *marks, uint32_t seat);
bool marks_blocked(const struct marks *marks, uint32_t seat);
int64_t marks_allotment_of(const struct marks *marks, uint32_t seat); /* its id; 0: none */
int64_t marks_group_of(const struct marks *marks, uint32_t seat);     /* 0: none can hold it */

void marks_block(struct marks *marks, uint32_t seat);
void marks_allot(struct marks *marks, uint32_t seat, int64_t allotment); /* one that was added */
void marks_wipe(struct marks *marks, uint32_t seat);

#endif

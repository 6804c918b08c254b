/*
 * progress.h — what people see while the night is played.
 *
 * Thread   One thread at a time.
 * Memory   Fixed; nothing is kept but the last numbers, for the rates.
 * Terminal One block that is drawn again and again; elsewhere a plain line a second.
 */
#ifndef RUSH_PROGRESS_H
#define RUSH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct progress_view { /* one moment of the night */
    int64_t elapsed_ms;
    uint32_t seat_count, sold, held;
    uint32_t fans_busy, fans_watching, fans_served, fans_left;
    uint64_t answers, refusals, turned_away, resent;
    int64_t reserve_p99_us; /* of all reservations so far, as fans felt them */
    uint32_t connections_up, connection_count;
};

struct progress {
    FILE *file; /* NULL: nothing is shown */
    bool terminal;
    bool drawn;
    int64_t last_ms;
    uint64_t last_answers;
};

enum { PROGRESS_BYTES = 1024, PROGRESS_LINES = 4 };

void progress_init(struct progress *progress, FILE *file, bool terminal);

/* Shows the view when it is time to; `last` shows it in any case. */
void progress_show(struct progress *progress, const struct progress_view *view, bool last);

/* What is shown, terminated. The block has PROGRESS_LINES lines; the line has one. */
void progress_write_block(const struct progress_view *view, uint64_t answers_per_second,
                          char out[PROGRESS_BYTES]);
void progress_write_line(const struct progress_view *view, uint64_t answers_per_second,
                         char out[PROGRESS_BYTES]);

#endif

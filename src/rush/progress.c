/*
 * progress.c — a block or a line, from one view.
 *
 * The terminal needs two abilities only, which every terminal since the VT100 has: go up some
 * lines, clear to the end of a line.
 */
#include "rush/progress.h"

#include <inttypes.h>

#include "base/must.h"

enum { BLOCK_EVERY_MS = 100, LINE_EVERY_MS = 1000, BAR_CELLS = 50 };

void progress_init(struct progress *progress, FILE *file, bool terminal)
{
    *progress = (struct progress){.file = file, .terminal = terminal};
}

/* '#' sold, '+' held, '.' free; sold is never rounded up to a full bar. */
static void write_bar(const struct progress_view *view, char out[BAR_CELLS + 1])
{
    must(view->seat_count > 0);
    uint64_t sold_cells = (uint64_t)view->sold * BAR_CELLS / view->seat_count;
    uint64_t taken_cells = ((uint64_t)view->sold + view->held) * BAR_CELLS / view->seat_count;
    for (uint64_t i = 0; i < BAR_CELLS; i++)
        out[i] = i < sold_cells ? '#' : i < taken_cells ? '+' : '.';
    out[BAR_CELLS] = '\0';
}

void progress_write_block(const struct progress_view *view, uint64_t answers_per_second,
                          char out[PROGRESS_BYTES])
{
    char bar[BAR_CELLS + 1];
    write_bar(view, bar);
    int size =
        snprintf(out, PROGRESS_BYTES,
                 "%5" PRId64 ".%" PRId64 " s  [%s] %u sold, %u held of %u\n"
                 "         %" PRIu64 " answers/s, %" PRIu64 " in all; reservations within %" PRId64
                 ".%" PRId64 " ms (p99)\n"
                 "         fans: %u busy, %u watching, %u served, %u left\n"
                 "         %" PRIu64 " refused, %" PRIu64 " turned away, %" PRIu64
                 " sent again; %u of %u connections up\n",
                 view->elapsed_ms / 1000, view->elapsed_ms / 100 % 10, bar, view->sold, view->held,
                 view->seat_count, answers_per_second, view->answers, view->reserve_p99_us / 1000,
                 view->reserve_p99_us / 100 % 10, view->fans_busy, view->fans_watching,
                 view->fans_served, view->fans_left, view->refusals, view->turned_away,
                 view->resent, view->connections_up, view->connection_count);
    must(size < PROGRESS_BYTES);
}

void progress_write_line(const struct progress_view *view, uint64_t answers_per_second,
                         char out[PROGRESS_BYTES])
{
    int size = snprintf(out, PROGRESS_BYTES,
                        "%" PRId64 " s: %u sold, %u held of %u; %" PRIu64 " answers/s; %" PRIu64
                        " refused, %" PRIu64 " turned away, %" PRIu64 " sent again; p99 %" PRId64
                        ".%" PRId64 " ms; %u connections\n",
                        view->elapsed_ms / 1000, view->sold, view->held, view->seat_count,
                        answers_per_second, view->refusals, view->turned_away, view->resent,
                        view->reserve_p99_us / 1000, view->reserve_p99_us / 100 % 10,
                        view->connections_up);
    must(size < PROGRESS_BYTES);
}

/* Each line of the block is cleared to its end, as the one below it may have been longer. */
static void draw(struct progress *progress, const char *block)
{
    if (progress->drawn)
        fprintf(progress->file, "\033[%dA", PROGRESS_LINES);
    for (const char *c = block; *c; c++) {
        if (*c == '\n')
            fputs("\033[K", progress->file);
        fputc(*c, progress->file);
    }
    progress->drawn = true;
}

void progress_show(struct progress *progress, const struct progress_view *view, bool last)
{
    int64_t every_ms = progress->terminal ? BLOCK_EVERY_MS : LINE_EVERY_MS;
    int64_t since_ms = view->elapsed_ms - progress->last_ms;
    if (!progress->file || (since_ms < every_ms && !last))
        return;

    uint64_t answers = view->answers - progress->last_answers;
    uint64_t per_second = since_ms > 0 ? answers * 1000 / (uint64_t)since_ms : 0;
    char words[PROGRESS_BYTES];
    if (progress->terminal) {
        progress_write_block(view, per_second, words);
        draw(progress, words);
    } else {
        progress_write_line(view, per_second, words);
        fputs(words, progress->file);
    }
    fflush(progress->file);
    progress->last_ms = view->elapsed_ms;
    progress->last_answers = view->answers;
}

/*
 * line_memory.h — the line in this process.
 *
 * Thread   A line belongs to one thread at a time.
 * Memory   At most 32 bytes for each place ever given, and the journal: line_memory_bytes().
 */
#ifndef WAITING_LINE_MEMORY_H
#define WAITING_LINE_MEMORY_H

#include "waiting/line.h"

/* Always the same one; it needs no closing. */
struct line_maker *line_memory_maker(void);

/* What a line of this adapter takes now, without its journal. */
size_t line_memory_bytes(const struct line *line);

#endif

/*
 * clock.h — the two clocks of the machine, and how times are written.
 *
 * Thread   Any.
 * Memory   None.
 * Time     Milliseconds (or microseconds where the name says so). Wall time counts from 1970 UTC
 *          and is for what people and the store see; monotonic time is for waiting and measuring.
 *
 * Rules never call these: they get the time as an argument.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

int64_t clock_wall_ms(void);
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);
int64_t clock_thread_cpu_us(void);

enum { CLOCK_TEXT_BYTES = sizeof "2026-11-21T09:30:00.000Z" };

/* Years 1970 … 9999; ask before writing a time that comes from outside or from a store. */
bool clock_can_write(int64_t wall_ms);

/* ISO 8601, UTC, milliseconds, terminated. Years 1970 … 9999. */
void clock_write_iso(int64_t wall_ms, char out[CLOCK_TEXT_BYTES]);

/* Accepts "YYYY-MM-DDThh:mm:ss[.mmm]Z" and offsets such as +09:00; false for anything else.
   Whatever it accepts, clock_write_iso() can write. */
bool clock_read_iso(struct text text, int64_t *out_wall_ms);

#endif

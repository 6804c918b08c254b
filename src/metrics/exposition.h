/*
 * exposition.h — Prometheus' text format 0.0.4, written line by line into a buffer.
 *
 * Thread   One thread at a time.
 * Memory   The buffer's.
 * Failure  The buffer's sticky `failed`.
 *
 *     exposition_family(out, "ticketrush_seats", "gauge", "Seats of a sale, by state.");
 *     exposition_start(out, "ticketrush_seats");
 *     exposition_label_int(out, "option", 7);
 *     exposition_label(out, "state", text_of("HELD"));
 *     exposition_value_int(out, 12);
 */
#ifndef METRICS_EXPOSITION_H
#define METRICS_EXPOSITION_H

#include <stdint.h>

#include "base/buffer.h"

/* The two comment lines in front of a family's samples; `type` is counter, gauge or histogram. */
void exposition_family(struct buffer *out, const char *name, const char *type, const char *help);

/* One sample: its name, any number of labels, its value. Label values are escaped. */
void exposition_start(struct buffer *out, const char *name);
void exposition_label(struct buffer *out, const char *name, struct text value);
void exposition_label_int(struct buffer *out, const char *name, int64_t value);
void exposition_value(struct buffer *out, double value);
void exposition_value_int(struct buffer *out, uint64_t value);

/* A family of one sample without labels. */
void exposition_single(struct buffer *out, const char *name, const char *type, const char *help,
                       double value);

#endif

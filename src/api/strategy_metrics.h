/*
 * strategy_metrics.h — what the strategies count about themselves, for Prometheus.
 *
 * Thread   Any.
 * Memory   The buffer's.
 */
#ifndef API_STRATEGY_METRICS_H
#define API_STRATEGY_METRICS_H

#include "base/buffer.h"

struct strategies;

/* A mechanism that nobody has pressed is left out. */
void strategy_metrics_write(struct strategies *strategies, struct buffer *out);

#endif

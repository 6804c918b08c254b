/*
 * process.h — what the operating system knows of this process.
 *
 * Thread   Any.
 * Memory   None.
 */
#ifndef METRICS_PROCESS_H
#define METRICS_PROCESS_H

#include <stdint.h>

int64_t process_cpu_us(void);          /* user and system time of all threads */
uint64_t process_resident_bytes(void); /* 0 when it cannot be told */

#endif

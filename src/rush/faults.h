/*
 * faults.h — what went wrong tonight, in words: the first few told, all of them counted.
 *
 * Thread   One thread at a time.
 * Memory   Fixed, inside the struct.
 * Limits   RUSH_FAULTS_NAMED_MAX are told; a longer sentence than FAULT_BYTES is cut.
 */
#ifndef RUSH_FAULTS_H
#define RUSH_FAULTS_H

#include <stdint.h>

#include "limits.h"

enum { FAULT_BYTES = 200 };

struct faults {
    uint64_t count;
    char words[RUSH_FAULTS_NAMED_MAX][FAULT_BYTES];
};

void faults_add(struct faults *faults, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How many of them are told. */
uint32_t faults_named(const struct faults *faults);

#endif

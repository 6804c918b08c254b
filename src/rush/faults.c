/* faults.c — a night that goes wrong goes wrong ten thousand times; twenty sentences are enough. */
#include "rush/faults.h"

#include <stdarg.h>
#include <stdio.h>

uint32_t faults_named(const struct faults *faults)
{
    return faults->count < RUSH_FAULTS_NAMED_MAX ? (uint32_t)faults->count : RUSH_FAULTS_NAMED_MAX;
}

void faults_add(struct faults *faults, const char *format, ...)
{
    uint64_t place = faults->count++;
    if (place >= RUSH_FAULTS_NAMED_MAX)
        return;
    va_list values;
    va_start(values, format);
    vsnprintf(faults->words[place], FAULT_BYTES, format, values);
    va_end(values);
}

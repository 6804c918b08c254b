/*
 * findings.h — where the rules say what they found.
 *
 * Thread   One thread.
 * Memory   None of its own.
 */
#ifndef TIDY_FINDINGS_H
#define TIDY_FINDINGS_H

#include <stdio.h>

struct findings {
    FILE *out;
    int count;
};

/* One finding, as editors like it: "path:line: words". */
__attribute__((format(printf, 4, 5))) void findings_add(struct findings *findings, const char *path,
                                                        int line_number, const char *format, ...);

#endif

/* findings.c — one line a finding, counted. */
#include "findings.h"

#include <stdarg.h>

void findings_add(struct findings *findings, const char *path, int line_number, const char *format,
                  ...)
{
    va_list words;
    va_start(words, format);
    fprintf(findings->out, "%s:%d: ", path, line_number);
    vfprintf(findings->out, format, words);
    fputc('\n', findings->out);
    va_end(words);
    findings->count++;
}

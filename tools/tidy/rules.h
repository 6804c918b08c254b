/*
 * rules.h — what STYLE part 3 asks of one file, apart from its includes.
 *
 * Thread   One thread.
 * Memory   None of its own.
 *
 * Every rule looks at one file by itself and adds what it finds. Rules that do not fit the file's
 * kind (a shell script has no functions of C) find nothing.
 */
#ifndef TIDY_RULES_H
#define TIDY_RULES_H

#include "findings.h"
#include "source.h"

void rules_check(const struct source *source, struct findings *findings);

#endif

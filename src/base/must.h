/*
 * must.h — facts about our own code that stay checked in every build.
 *
 * Thread   Any.
 * Memory   None.
 *
 * must(fact) stops the process with the place and the fact when it is false. It is for
 * our own mistakes only: nothing that comes from a socket, a file or a peer may reach it.
 */
#ifndef BASE_MUST_H
#define BASE_MUST_H

/* Writes the place and the fact to standard error, then aborts. */
_Noreturn void must_fail(const char *file, int line, const char *fact);

#define must(fact) ((fact) ? (void)0 : must_fail(__FILE__, __LINE__, #fact))

#endif

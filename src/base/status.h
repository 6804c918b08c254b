/*
 * status.h — the world's ways of failing.
 *
 * Thread   Plain values; any thread.
 * Memory   None.
 *
 * "The rules say no" is never a status: that is a verdict of the module that decided.
 * "We were wrong" is never a status either: that is must().
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

/* The compiler warns when a result is dropped. */
#define MUST_USE __attribute__((warn_unused_result))

enum status {
    STATUS_OK,
    STATUS_BUSY,      /* try later; nothing was done */
    STATUS_FULL,      /* a declared limit was reached; nothing was done */
    STATUS_NO_MEMORY, /* memory is short; nothing was done */
    STATUS_IO,        /* disk or network failed; nothing was done */
    STATUS_UNKNOWN,   /* no reply came: it may or may not have been done */
    STATUS_CONFLICT,  /* a constraint of the store refused it; nothing was done */
    STATUS_INVALID,   /* what came from outside is ill-formed; nothing was done */
    STATUS_ELSEWHERE, /* another process does this; nothing was done */
    STATUS_MISSING,   /* what was asked for is not there */
};

/* A word for logs and error messages: "ok", "busy", … */
const char *status_name(enum status status);

#endif

/*
 * data_lock.h — one server a data folder.
 *
 * Two servers on one SQLite file would each decide in a memory of its own; the partial unique index
 * would refuse the second winner of a seat, but only after both were busy. The lock says so before
 * anything is opened. It is the kernel's (flock): a server that was killed leaves none behind.
 *
 * Thread   The main thread.
 * Memory   None; one descriptor.
 */
#ifndef COMMAND_DATA_LOCK_H
#define COMMAND_DATA_LOCK_H

#include "command/command.h"

struct data_lock {
    int descriptor; /* -1: none */
};

/* Makes the data folder when needed. False: the user has been told. */
bool data_lock_open(const struct command *command, struct data_lock *out_lock);
void data_lock_close(struct data_lock *lock);

#endif

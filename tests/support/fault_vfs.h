/*
 * fault_vfs.h — a disk under SQLite that fills up, fails to sync, or loses its power, on demand.
 *
 * Thread   One story at a time; the calls of SQLite may come from any thread.
 * Memory   What was written and not yet synced; fault_vfs_power_off() and a sync give it back.
 *
 * Writes go through to the file system at once, so a killed process loses nothing; only power_off()
 * takes back what was not synced, whole or by sectors of 512 bytes, as a seed decides. Syncs cost
 * no time: the stories are about order, not about this machine's disk.
 *
 * A step is a write, a truncation, a deletion or a sync of a database or its log.
 */
#ifndef SUPPORT_FAULT_VFS_H
#define SUPPORT_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

#define FAULT_VFS_NAME "fault"

void fault_vfs_register(void); /* again is harmless */

/* After so many more bytes the disk is full, in the middle of a write if need be, until mended. */
void fault_vfs_fill_after(int64_t left_bytes);

/* The next `count` syncs fail; -1: all, until mended. */
void fault_vfs_fail_syncs(int count);

/* The disk is well again. */
void fault_vfs_mend(void);

/* From the given step on (the next one is 1), nothing reaches the disk any more: the process is as
   good as dead, whatever it still does. */
void fault_vfs_crash_at(uint64_t step);
bool fault_vfs_crashed(void);

/* After everything was closed: what was not synced is gone (seed 0), or each sector of it by the
   toss of a coin. The disk is well again afterwards. */
void fault_vfs_power_off(uint64_t seed);

#endif

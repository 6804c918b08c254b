/*
 * fault_vfs.c — a thin layer over SQLite's own VFS that remembers what was not synced.
 *
 * For each file a list of changes since its last sync: where, what stood there, what stands there
 * now, and the size before and after. Power-off rolls them all back, newest first, and then
 * repeats, oldest first, the sectors that were lucky.
 */
#include "support/fault_vfs.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/container.h"
#include "base/hash.h"
#include "base/list.h"
#include "base/must.h"

enum { SECTOR_BYTES = 512, PATH_BYTES_MAX = 512, TRACKED_MAX = 16 };

struct change {
    struct list link;
    int64_t offset_bytes, size;        /* a write: where, how much; a truncation: size 0 */
    int64_t bytes_before, bytes_after; /* the file's */
    unsigned char *old_bytes;          /* what stood there, as far as the file went */
    int64_t old_size;
    unsigned char *new_bytes;
};

struct tracked { /* one file by its path, however often it is open */
    char path[PATH_BYTES_MAX];
    struct list changes; /* since its last sync */
};

struct fault_file {
    sqlite3_file base;
    struct tracked *tracked; /* NULL: a temporary file */
    sqlite3_file *real;      /* lies behind this struct */
};

static struct {
    pthread_mutex_t lock;
    struct tracked tracked[TRACKED_MAX];
    int tracked_count;
    bool fills;
    int64_t left_bytes;     /* before it is full */
    int sync_failure_count; /* -1: for ever */
    uint64_t steps, crash_at;
    bool crashed;
} disk = {.lock = PTHREAD_MUTEX_INITIALIZER};

static sqlite3_vfs *real_vfs(void)
{
    return sqlite3_vfs_find("unix");
}

/* --- what is not synced ----------------------------------------------------------------------- */

static struct tracked *track(const char *path)
{
    for (int i = 0; i < disk.tracked_count; i++)
        if (strcmp(disk.tracked[i].path, path) == 0)
            return &disk.tracked[i];
    must(disk.tracked_count < TRACKED_MAX);
    must(strlen(path) < PATH_BYTES_MAX);
    struct tracked *tracked = &disk.tracked[disk.tracked_count++];
    strncpy(tracked->path, path, PATH_BYTES_MAX - 1);
    list_init(&tracked->changes);
    return tracked;
}

static void forget(struct tracked *tracked)
{
    struct list *link;
    while ((link = list_pop_front(&tracked->changes))) {
        struct change *change = container_of(link, struct change, link);
        free(change->old_bytes);
        free(change->new_bytes);
        free(change);
    }
}

static unsigned char *copy_of(const void *bytes, int64_t size)
{
    unsigned char *copy = malloc((size_t)size + 1);
    must(copy);
    if (size > 0)
        memcpy(copy, bytes, (size_t)size);
    return copy;
}

/* Before it happens: `size` bytes at `at`, or a cut there when `bytes` is NULL. */
static void remember(struct fault_file *file, const void *bytes, int64_t offset_bytes, int64_t size)
{
    sqlite3_int64 file_bytes = 0;
    file->real->pMethods->xFileSize(file->real, &file_bytes);
    struct change *change = calloc(1, sizeof *change);
    must(change);
    change->offset_bytes = offset_bytes;
    change->size = size;
    change->bytes_before = file_bytes;
    change->bytes_after =
        bytes ? (offset_bytes + size > file_bytes ? offset_bytes + size : file_bytes)
              : offset_bytes;
    int64_t end = bytes ? offset_bytes + size : file_bytes;
    change->old_size = end > file_bytes ? file_bytes - offset_bytes : end - offset_bytes;
    if (change->old_size < 0)
        change->old_size = 0;
    change->old_bytes = copy_of(NULL, 0);
    if (change->old_size > 0) {
        free(change->old_bytes);
        change->old_bytes = malloc((size_t)change->old_size);
        must(change->old_bytes);
        file->real->pMethods->xRead(file->real, change->old_bytes, (int)change->old_size,
                                    offset_bytes);
    }
    change->new_bytes = copy_of(bytes, bytes ? size : 0);
    list_push_back(&file->tracked->changes, &change->link);
}

static void undo(int file, const struct change *change)
{
    ssize_t written =
        pwrite(file, change->old_bytes, (size_t)change->old_size, (off_t)change->offset_bytes);
    must(written == change->old_size);
    must(ftruncate(file, (off_t)change->bytes_before) == 0);
}

static void repeat_lucky_sectors(int file, const struct change *change, uint64_t *seed)
{
    for (int64_t done = 0; done < change->size; done += SECTOR_BYTES) {
        *seed = hash_id((int64_t)*seed);
        if (*seed & 1)
            continue;
        int64_t left = change->size - done;
        size_t size = (size_t)(left < SECTOR_BYTES ? left : SECTOR_BYTES);
        ssize_t written =
            pwrite(file, change->new_bytes + done, size, (off_t)(change->offset_bytes + done));
        must(written == (ssize_t)size);
    }
}

static void lose_power(struct tracked *tracked, uint64_t seed)
{
    int file = open(tracked->path, O_RDWR | O_CLOEXEC);
    if (file >= 0) {
        for (struct list *at = tracked->changes.previous; at != &tracked->changes;
             at = at->previous)
            undo(file, container_of(at, struct change, link));
        if (seed != 0)
            for (struct list *at = tracked->changes.next; at != &tracked->changes; at = at->next)
                repeat_lucky_sectors(file, container_of(at, struct change, link), &seed);
        close(file);
    }
    forget(tracked);
}

/* --- what happens next ------------------------------------------------------------------------ */

static bool sync_fails(void)
{
    if (disk.sync_failure_count <= 0)
        return disk.sync_failure_count < 0;
    disk.sync_failure_count--;
    return true;
}

/* Counts a step; true when the power is gone. */
static bool step_into_the_dark(void)
{
    disk.steps++;
    if (disk.crash_at != 0 && disk.steps >= disk.crash_at)
        disk.crashed = true;
    return disk.crashed;
}

static struct fault_file *fault_file_of(sqlite3_file *file)
{
    return (struct fault_file *)file;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return fault_file_of(file)->real;
}

static int write_tracked(struct fault_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    if (step_into_the_dark())
        return SQLITE_IOERR_WRITE;
    bool fits = !disk.fills || size <= disk.left_bytes;
    if (!fits)
        size = (int)disk.left_bytes;
    disk.left_bytes -= size;
    remember(file, bytes, at, size);
    int code = file->real->pMethods->xWrite(file->real, bytes, size, at);
    return code == SQLITE_OK && !fits ? SQLITE_FULL : code;
}

static int fault_write(sqlite3_file *base, const void *bytes, int size, sqlite3_int64 at)
{
    struct fault_file *file = fault_file_of(base);
    if (!file->tracked)
        return file->real->pMethods->xWrite(file->real, bytes, size, at);
    pthread_mutex_lock(&disk.lock);
    int code = write_tracked(file, bytes, size, at);
    pthread_mutex_unlock(&disk.lock);
    return code;
}

static int fault_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct fault_file *file = fault_file_of(base);
    if (!file->tracked)
        return file->real->pMethods->xTruncate(file->real, size);
    pthread_mutex_lock(&disk.lock);
    int code = SQLITE_IOERR_TRUNCATE;
    if (!step_into_the_dark()) {
        remember(file, NULL, size, 0);
        code = file->real->pMethods->xTruncate(file->real, size);
    }
    pthread_mutex_unlock(&disk.lock);
    return code;
}

static int fault_sync(sqlite3_file *base, int flags)
{
    (void)flags;
    struct fault_file *file = fault_file_of(base);
    if (!file->tracked)
        return SQLITE_OK;
    pthread_mutex_lock(&disk.lock);
    int code = SQLITE_IOERR_FSYNC;
    if (!step_into_the_dark() && !sync_fails()) {
        forget(file->tracked);
        code = SQLITE_OK;
    }
    pthread_mutex_unlock(&disk.lock);
    return code;
}

/* --- passed on as it is ----------------------------------------------------------------------- */

static int fault_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int fault_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 at)
{
    return real_of(file)->pMethods->xRead(real_of(file), bytes, size, at);
}

static int fault_file_size(sqlite3_file *file, sqlite3_int64 *out_size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), out_size);
}

static int fault_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int fault_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int fault_check_lock(sqlite3_file *file, int *out_locked)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out_locked);
}

static int fault_control(sqlite3_file *file, int what, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
}

static int fault_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int fault_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int fault_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}

static int fault_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void fault_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int fault_shm_unmap(sqlite3_file *file, int also_delete)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), also_delete);
}

static const sqlite3_io_methods fault_methods = {
    .iVersion = 2, /* without memory mapping, which would go around us */
    .xClose = fault_close,
    .xRead = fault_read,
    .xWrite = fault_write,
    .xTruncate = fault_truncate,
    .xSync = fault_sync,
    .xFileSize = fault_file_size,
    .xLock = fault_lock,
    .xUnlock = fault_unlock,
    .xCheckReservedLock = fault_check_lock,
    .xFileControl = fault_control,
    .xSectorSize = fault_sector_size,
    .xDeviceCharacteristics = fault_characteristics,
    .xShmMap = fault_shm_map,
    .xShmLock = fault_shm_lock,
    .xShmBarrier = fault_shm_barrier,
    .xShmUnmap = fault_shm_unmap,
};

static int fault_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags,
                      int *out_flags)
{
    (void)vfs;
    struct fault_file *file = fault_file_of(base);
    memset(file, 0, sizeof *file);
    file->real = (sqlite3_file *)(file + 1);
    int code = real_vfs()->xOpen(real_vfs(), path, file->real, flags, out_flags);
    if (!file->real->pMethods)
        return code;
    base->pMethods = &fault_methods;
    if (path && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL))) {
        pthread_mutex_lock(&disk.lock);
        file->tracked = track(path);
        pthread_mutex_unlock(&disk.lock);
    }
    return code;
}

static int fault_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    (void)vfs;
    pthread_mutex_lock(&disk.lock);
    int code = SQLITE_IOERR_DELETE;
    if (!step_into_the_dark()) {
        forget(track(path));
        code = real_vfs()->xDelete(real_vfs(), path, sync_folder);
    }
    pthread_mutex_unlock(&disk.lock);
    return code;
}

static int fault_access(sqlite3_vfs *vfs, const char *path, int flags, int *out_answer)
{
    (void)vfs;
    return real_vfs()->xAccess(real_vfs(), path, flags, out_answer);
}

static int fault_full_path(sqlite3_vfs *vfs, const char *path, int size, char *out_path)
{
    (void)vfs;
    return real_vfs()->xFullPathname(real_vfs(), path, size, out_path);
}

/* --- the story's side ------------------------------------------------------------------------- */

void fault_vfs_register(void)
{
    static sqlite3_vfs vfs;
    if (vfs.zName)
        return;
    vfs = *real_vfs(); /* time, randomness and sleeping are the machine's */
    vfs.zName = FAULT_VFS_NAME;
    vfs.szOsFile += (int)sizeof(struct fault_file);
    vfs.pNext = NULL;
    vfs.xOpen = fault_open;
    vfs.xDelete = fault_delete;
    vfs.xAccess = fault_access;
    vfs.xFullPathname = fault_full_path;
    int code = sqlite3_vfs_register(&vfs, 0);
    must(code == SQLITE_OK);
}

void fault_vfs_fill_after(int64_t left_bytes)
{
    pthread_mutex_lock(&disk.lock);
    disk.fills = true;
    disk.left_bytes = left_bytes;
    pthread_mutex_unlock(&disk.lock);
}

void fault_vfs_fail_syncs(int count)
{
    pthread_mutex_lock(&disk.lock);
    disk.sync_failure_count = count;
    pthread_mutex_unlock(&disk.lock);
}

void fault_vfs_mend(void)
{
    pthread_mutex_lock(&disk.lock);
    disk.fills = false;
    disk.sync_failure_count = 0;
    disk.steps = 0;
    disk.crash_at = 0;
    disk.crashed = false;
    pthread_mutex_unlock(&disk.lock);
}

void fault_vfs_crash_at(uint64_t step)
{
    pthread_mutex_lock(&disk.lock);
    disk.steps = 0;
    disk.crash_at = step;
    pthread_mutex_unlock(&disk.lock);
}

bool fault_vfs_crashed(void)
{
    pthread_mutex_lock(&disk.lock);
    bool crashed = disk.crashed;
    pthread_mutex_unlock(&disk.lock);
    return crashed;
}

void fault_vfs_power_off(uint64_t seed)
{
    pthread_mutex_lock(&disk.lock);
    for (int i = 0; i < disk.tracked_count; i++)
        lose_power(&disk.tracked[i], seed);
    disk.tracked_count = 0;
    pthread_mutex_unlock(&disk.lock);
    fault_vfs_mend();
}

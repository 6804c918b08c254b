/* data_lock.c — flock on a file that also says who holds it. */
#include "command/data_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { HOLDER_BYTES = 32 };

static void tell_holder(const struct command *command, int descriptor)
{
    char holder[HOLDER_BYTES] = "";
    ssize_t size = pread(descriptor, holder, sizeof holder - 1, 0);
    holder[size > 0 ? size : 0] = '\0';
    command_fail(command,
                 "another server (process %ld) serves the data folder %s. Stop it, or name another "
                 "folder with TICKETRUSH_DATA.",
                 strtol(holder, NULL, 10), config_text(command->config, SETTING_DATA));
}

static bool write_holder(int descriptor)
{
    char holder[HOLDER_BYTES];
    int size = snprintf(holder, sizeof holder, "%ld\n", (long)getpid());
    return ftruncate(descriptor, 0) == 0 && pwrite(descriptor, holder, (size_t)size, 0) == size;
}

bool data_lock_open(const struct command *command, struct data_lock *out_lock)
{
    char path[COMMAND_PATH_BYTES];

    out_lock->descriptor = -1;
    if (!command_make_data_folder(command))
        return false;
    command_data_path(command, "server.lock", path);
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        command_fail(command, "%s cannot be made: %s.", path, strerror(errno));
        return false;
    }
    bool taken = flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    if (!taken && errno == EWOULDBLOCK)
        tell_holder(command, descriptor);
    else if (!taken || !write_holder(descriptor))
        command_fail(command, "%s cannot be locked: %s.", path, strerror(errno));
    else
        out_lock->descriptor = descriptor;
    if (out_lock->descriptor < 0)
        close(descriptor);
    return out_lock->descriptor >= 0;
}

void data_lock_close(struct data_lock *lock)
{
    if (lock->descriptor >= 0)
        close(lock->descriptor);
    lock->descriptor = -1;
}

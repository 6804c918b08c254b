/*
 * token_keys.c — how a key file comes to be:
 *
 *     write ".new-XXXXXX" (0600) → fsync → link it as KID.key → unlink the draft → fsync the folder
 *
 * link(2) refuses a name that exists, so nobody overwrites a key and nobody reads half of one. A
 * crash in between leaves a ".new-…" that no start looks at.
 *
 * Why the first key has a fixed name: two processes that start at once would otherwise make one key
 * each, and the one that listed the folder first would never accept the other's tokens. Later keys
 * are named by the wall clock, so that they sort behind the first one and behind each other; where
 * the clock went back, by one more than the newest. Names are no secret: a token carries its kid in
 * the open.
 */
#include "account/token_keys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"

enum { KID_BYTES_LEAST = 8 };

static const char extension[] = ".key";
static const uint64_t first_kid = 1;

static enum status io_failed(const char *folder, const char *what, char why[TOKEN_WHY_BYTES])
{
    snprintf(why, TOKEN_WHY_BYTES, "The key folder %.120s: %s: %s.", folder, what, strerror(errno));
    return STATUS_IO;
}

static bool is_lower_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* The length of the kid in a key file's name; 0 for any other file. */
static size_t kid_size(const char *name)
{
    size_t size = 0;
    while (is_lower_hex(name[size]))
        size++;
    bool fits = size >= KID_BYTES_LEAST && size <= TOKEN_KID_BYTES_MAX;
    return fits && strcmp(name + size, extension) == 0 ? size : 0;
}

static uint64_t kid_number(const struct token_key *key)
{
    return strtoull(key->kid, NULL, 16);
}

static enum status read_secret(int file, const char *name, struct token_key *key,
                               char why[TOKEN_WHY_BYTES])
{
    struct stat about;
    if (fstat(file, &about) != 0) {
        snprintf(why, TOKEN_WHY_BYTES, "The key file %.20s: %s.", name, strerror(errno));
        return STATUS_IO;
    }
    if (!S_ISREG(about.st_mode) || (about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        snprintf(why, TOKEN_WHY_BYTES,
                 "The key file %.20s must be an ordinary file that only its owner may read "
                 "(chmod 600).",
                 name);
        return STATUS_INVALID;
    }
    ssize_t size = about.st_size == TOKEN_SECRET_BYTES ? read(file, key->secret, sizeof key->secret)
                                                       : (ssize_t)-1;
    if (size != TOKEN_SECRET_BYTES) {
        snprintf(why, TOKEN_WHY_BYTES, "The key file %.20s must hold exactly %d bytes.", name,
                 TOKEN_SECRET_BYTES);
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

static enum status read_key(int folder_file, const char *name, size_t size, struct token_key *key,
                            char why[TOKEN_WHY_BYTES])
{
    int file = openat(folder_file, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) {
        snprintf(why, TOKEN_WHY_BYTES, "The key file %.20s: %s.", name, strerror(errno));
        return STATUS_IO;
    }
    memset(key->kid, 0, sizeof key->kid);
    memcpy(key->kid, name, size);
    enum status status = read_secret(file, name, key, why);
    close(file);
    return status;
}

static enum status read_all(DIR *list, struct token_keys *keys, char why[TOKEN_WHY_BYTES])
{
    keys->count = 0;
    for (struct dirent *entry = readdir(list); entry; entry = readdir(list)) {
        size_t size = kid_size(entry->d_name);
        if (size == 0)
            continue;
        if (keys->count == TOKEN_KEYS_MAX) {
            snprintf(why, TOKEN_WHY_BYTES, "More than %d keys: remove the oldest key files.",
                     TOKEN_KEYS_MAX);
            return STATUS_FULL;
        }
        enum status status =
            read_key(dirfd(list), entry->d_name, size, &keys->key[keys->count], why);
        if (status != STATUS_OK)
            return status;
        keys->count++;
    }
    return STATUS_OK;
}

static int newest_first(const void *a, const void *b)
{
    uint64_t left = kid_number(a), right = kid_number(b);
    return left < right ? 1 : left > right ? -1 : 0;
}

static enum status read_folder(const char *folder, struct token_keys *keys,
                               char why[TOKEN_WHY_BYTES])
{
    DIR *list = opendir(folder);
    if (!list)
        return io_failed(folder, "cannot be read", why);
    enum status status = read_all(list, keys, why);
    closedir(list);
    if (status == STATUS_OK)
        qsort(keys->key, keys->count, sizeof keys->key[0], newest_first);
    return status;
}

static bool write_secret(int file)
{
    unsigned char secret[TOKEN_SECRET_BYTES];
    random_secret(secret, sizeof secret);
    bool written = write(file, secret, sizeof secret) == (ssize_t)sizeof secret && fsync(file) == 0;
    sodium_memzero(secret, sizeof secret);
    return written;
}

static bool sync_folder(const char *folder)
{
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return false;
    bool done = fsync(file) == 0;
    close(file);
    return done;
}

/* STATUS_CONFLICT when there is a key of this name. */
static enum status make_key(const char *folder, uint64_t kid, char why[TOKEN_WHY_BYTES])
{
    char draft[512], name[512];
    int draft_size = snprintf(draft, sizeof draft, "%s/.new-XXXXXX", folder);
    int name_size = snprintf(name, sizeof name, "%s/%016" PRIx64 "%s", folder, kid, extension);
    if (draft_size >= (int)sizeof draft || name_size >= (int)sizeof name) {
        errno = ENAMETOOLONG;
        return io_failed(folder, "cannot be used", why);
    }
    int file = mkostemp(draft, O_CLOEXEC); /* mode 0600 */
    if (file < 0)
        return io_failed(folder, "cannot be written", why);
    bool done = write_secret(file);
    close(file);
    bool linked = done && link(draft, name) == 0;
    int error = errno;
    unlink(draft);
    errno = error;
    if (!linked && done && error == EEXIST)
        return STATUS_CONFLICT;
    return linked && sync_folder(folder) ? STATUS_OK : io_failed(folder, "cannot be written", why);
}

enum status token_keys_load(const char *folder, char out_why[TOKEN_WHY_BYTES],
                            struct token_keys *out_keys)
{
    if (mkdir(folder, S_IRWXU) != 0 && errno != EEXIST)
        return io_failed(folder, "cannot be made", out_why);
    enum status status = read_folder(folder, out_keys, out_why);
    if (status == STATUS_OK && out_keys->count == 0) {
        status = make_key(folder, first_kid, out_why);
        if (status == STATUS_OK || status == STATUS_CONFLICT) /* ours, or another process's */
            status = read_folder(folder, out_keys, out_why);
    }
    if (status != STATUS_OK)
        token_keys_wipe(out_keys);
    return status;
}

void token_keys_wipe(struct token_keys *keys)
{
    sodium_memzero(keys, sizeof *keys);
}

enum status token_keys_add(const char *folder, char out_why[TOKEN_WHY_BYTES])
{
    struct token_keys keys;
    enum status status = token_keys_load(folder, out_why, &keys);
    if (status != STATUS_OK)
        return status;
    uint64_t newest = kid_number(&keys.key[0]);
    bool full = keys.count == TOKEN_KEYS_MAX;
    token_keys_wipe(&keys);
    if (full) {
        snprintf(out_why, TOKEN_WHY_BYTES, "There are %d keys: remove the oldest key files first.",
                 TOKEN_KEYS_MAX);
        return STATUS_FULL;
    }
    uint64_t now_ms = (uint64_t)clock_wall_ms();
    uint64_t kid = now_ms > newest ? now_ms : newest + 1;
    status = STATUS_CONFLICT; /* others may rotate in the same millisecond */
    for (int i = 0; status == STATUS_CONFLICT && i < TOKEN_KEY_NAMES_TRIED_MAX; i++)
        status = make_key(folder, kid++, out_why);
    if (status == STATUS_CONFLICT)
        snprintf(out_why, TOKEN_WHY_BYTES, "Too many keys are being made at once; try again.");
    return status;
}

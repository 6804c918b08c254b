/*
 * static_folder.c — reads a folder into memory, once, at the start.
 *
 * Every file is read first; afterwards the compressed ones are hung on those they are forms of. The
 * entity tag is a hash of the plain content, so it survives a restart and is the same on every
 * node.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/must.h"
#include "net/static_files_private.h"

struct reading {
    struct static_files *files;
    char *why;
};

static enum status read_folder(struct reading *reading, int folder_fd, struct text path,
                               size_t depth);

static enum status explain(struct reading *reading, enum status status, const char *words,
                           struct text path)
{
    (void)snprintf(reading->why, 256, "%.60s: %.*s", words, path.size > 150 ? 150 : (int)path.size,
                   path.bytes);
    return status;
}

static struct text type_of(struct text path)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".map", "application/json"},
        {".webmanifest", "application/manifest+json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".jpeg", "image/jpeg"},
        {".webp", "image/webp"},
        {".avif", "image/avif"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".wasm", "application/wasm"},
        {".txt", "text/plain; charset=utf-8"},
        {".xml", "application/xml"},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct text ending = text_of(types[i][0]);
        if (path.size > ending.size &&
            text_equal_nocase(text_make(path.bytes + path.size - ending.size, ending.size), ending))
            return text_of(types[i][1]);
    }
    return text_of("application/octet-stream");
}

static enum status read_all(struct reading *reading, int fd, struct text path, char *bytes,
                            size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t more = read(fd, bytes + done, size - done);
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0)
            return explain(reading, STATUS_IO, "cannot read", path);
        done += (size_t)more;
    }
    return STATUS_OK;
}

static enum status add_file(struct reading *reading, int fd, struct text path, size_t size)
{
    struct static_files *files = reading->files;
    if (files->file_count == STATIC_FILES_MAX)
        return explain(reading, STATUS_FULL, "too many files", path);
    char *bytes = arena_take(files->arena, size + 1);
    struct text kept = arena_copy(files->arena, path);
    if (!bytes || !kept.bytes)
        return explain(reading, STATUS_FULL, "too many bytes", path);
    enum status status = read_all(reading, fd, path, bytes, size);
    if (status != STATUS_OK)
        return status;
    files->files[files->file_count++] = (struct static_file){
        .path = kept,
        .type = type_of(kept),
        .is_page = text_starts(type_of(kept), text_of("text/html")),
        .is_lasting = text_starts(kept, text_of("/assets/")),
        .forms[STATIC_PLAIN].bytes = text_make(bytes, size),
    };
    return STATUS_OK;
}

/* Takes over fd. */
static enum status add_entry(struct reading *reading, int fd, struct text path, size_t depth)
{
    struct stat about;
    if (fstat(fd, &about) != 0) {
        (void)close(fd);
        return explain(reading, STATUS_IO, "cannot look at", path);
    }
    if (S_ISDIR(about.st_mode))
        return read_folder(reading, fd, path, depth + 1);
    enum status status = STATUS_OK;
    if (S_ISREG(about.st_mode))
        status = add_file(reading, fd, path, (size_t)about.st_size);
    (void)close(fd);
    return status;
}

static enum status read_entries(struct reading *reading, DIR *folder, struct text path,
                                size_t depth)
{
    const struct dirent *entry;
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] == '.')
            continue;
        char words[4096];
        int size =
            snprintf(words, sizeof words, "%.*s/%s", (int)path.size, path.bytes, entry->d_name);
        if (size < 0 || (size_t)size >= sizeof words)
            return explain(reading, STATUS_FULL, "the name is too long", path);
        int fd =
            openat(dirfd(folder), entry->d_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0 && errno == ELOOP)
            continue; /* a symbolic link */
        if (fd < 0)
            return explain(reading, STATUS_IO, "cannot open", text_of(words));
        enum status status = add_entry(reading, fd, text_make(words, (size_t)size), depth);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* Takes over folder_fd. */
static enum status read_folder(struct reading *reading, int folder_fd, struct text path,
                               size_t depth)
{
    if (depth > STATIC_DEPTH_MAX) {
        (void)close(folder_fd);
        return explain(reading, STATUS_FULL, "too many folders in folders", path);
    }
    DIR *folder = fdopendir(folder_fd);
    if (!folder) {
        (void)close(folder_fd);
        return explain(reading, STATUS_IO, "cannot list", path);
    }
    enum status status = read_entries(reading, folder, path, depth);
    (void)closedir(folder);
    return status;
}

/* --- afterwards ------------------------------------------------------------------------------- */

static int compare_paths(const void *left, const void *right)
{
    const struct static_file *a = left, *b = right;
    size_t common = a->path.size < b->path.size ? a->path.size : b->path.size;
    int order = memcmp(a->path.bytes, b->path.bytes, common);
    if (order != 0)
        return order;
    return a->path.size < b->path.size ? -1 : a->path.size > b->path.size;
}

const struct static_file *static_files_find(const struct static_files *files, struct text path)
{
    const struct static_file wanted = {.path = path};
    return bsearch(&wanted, files->files, files->file_count, sizeof wanted, compare_paths);
}

static struct text etag_of(struct arena *arena, struct text content, const char *form)
{
    char words[40];
    int size = snprintf(words, sizeof words, "\"%016llx%s\"",
                        (unsigned long long)hash_lasting(content), form);
    must(size > 0 && (size_t)size < sizeof words);
    return arena_copy(arena, text_make(words, (size_t)size));
}

static void hang_form(struct static_files *files, struct static_file *file, const char *ending,
                      enum static_coding coding)
{
    char words[4096];
    int size =
        snprintf(words, sizeof words, "%.*s%s", (int)file->path.size, file->path.bytes, ending);
    if (size < 0 || (size_t)size >= sizeof words)
        return;
    const struct static_file *found = static_files_find(files, text_make(words, (size_t)size));
    if (!found)
        return;
    struct static_file *form = &files->files[found - files->files];
    form->is_form = true;
    file->forms[coding].bytes = form->forms[STATIC_PLAIN].bytes;
}

static enum status finish(struct reading *reading)
{
    static const char *const marks[STATIC_CODING_COUNT] = {"", "-gz", "-br"};
    struct static_files *files = reading->files;
    qsort(files->files, files->file_count, sizeof files->files[0], compare_paths);
    for (size_t i = 0; i < files->file_count; i++) {
        struct static_file *file = &files->files[i];
        hang_form(files, file, ".gz", STATIC_GZIP);
        hang_form(files, file, ".br", STATIC_BROTLI);
        for (size_t coding = 0; coding < STATIC_CODING_COUNT; coding++) {
            struct static_form *form = &file->forms[coding];
            if (!form->bytes.bytes)
                continue;
            form->etag = etag_of(files->arena, file->forms[STATIC_PLAIN].bytes, marks[coding]);
            if (!form->etag.bytes)
                return explain(reading, STATUS_FULL, "too many bytes", file->path);
        }
    }
    return STATUS_OK;
}

enum status static_files_load(const char *folder, char out_why[256],
                              struct static_files **out_files)
{
    enum { FIRST_BLOCK_BYTES = 64 * 1024 };
    struct static_files *files = calloc(1, sizeof *files);
    struct reading reading = {.files = files, .why = out_why};
    if (files)
        files->arena = arena_create(FIRST_BLOCK_BYTES, STATIC_BYTES_MAX);
    if (!files || !files->arena) {
        static_files_destroy(files);
        return explain(&reading, STATUS_NO_MEMORY, "memory is short", text_of(folder));
    }

    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum status status = fd < 0 ? explain(&reading, STATUS_IO, "cannot open", text_of(folder))
                                : read_folder(&reading, fd, text_of(""), 0);
    if (status == STATUS_OK)
        status = finish(&reading);
    if (status == STATUS_OK && !static_files_allow(files, ""))
        status = STATUS_FULL;
    if (status != STATUS_OK) {
        static_files_destroy(files);
        return status;
    }
    *out_files = files;
    return STATUS_OK;
}

bool static_files_allow(struct static_files *files, const char *origins)
{
    int size = snprintf(files->policy, sizeof files->policy,
                        "default-src 'self' %s; style-src 'self' 'unsafe-inline' %s; img-src "
                        "'self' data: %s; connect-src 'self' ws: wss: %s",
                        origins, origins, origins, origins);
    return size > 0 && (size_t)size < sizeof files->policy;
}

void static_files_destroy(struct static_files *files)
{
    if (!files)
        return;
    arena_destroy(files->arena);
    free(files);
}

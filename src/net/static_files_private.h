/*
 * static_files_private.h — the files in memory; for static_files.c and static_folder.c only.
 *
 * Thread   See static_files.h.
 * Memory   The arena's; `files` is sorted by path.
 */
#ifndef NET_STATIC_FILES_PRIVATE_H
#define NET_STATIC_FILES_PRIVATE_H

#include "net/static_files.h"

enum static_coding { STATIC_PLAIN, STATIC_GZIP, STATIC_BROTLI, STATIC_CODING_COUNT };

struct static_form { /* bytes == NULL: there is no such form */
    struct text bytes;
    struct text etag; /* with its quotes */
};

struct static_file {
    struct text path; /* "/assets/index-1a2b.js" */
    struct text type;
    bool is_page;    /* text/html */
    bool is_lasting; /* its name changes with its content */
    bool is_form;    /* another file's compressed form */
    struct static_form forms[STATIC_CODING_COUNT];
};

enum { STATIC_POLICY_BYTES = 1024 };

struct static_files {
    struct arena *arena;
    char policy[STATIC_POLICY_BYTES]; /* Content-Security-Policy */
    size_t file_count;
    struct static_file files[STATIC_FILES_MAX];
};

/* NULL when there is none. */
const struct static_file *static_files_find(const struct static_files *files, struct text path);

#endif

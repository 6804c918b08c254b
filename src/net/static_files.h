/*
 * static_files.h — a folder of files, held in memory and served with all that caches need.
 *
 * Thread   Loaded once on one thread; afterwards any thread may answer with it.
 * Memory   Everything at load: at most STATIC_FILES_MAX files and STATIC_BYTES_MAX bytes. Answering
 *          copies nothing but what the socket does not take.
 * Names    NAME.br and NAME.gz beside NAME are its compressed forms. Names that begin with a dot
 *          and symbolic links are not loaded. A request never touches the disk, so no path can
 *          leave the folder.
 * Caching  Below /assets/ names carry a hash of the content: kept for ever. Everything else is
 *          asked for again with its ETag.
 */
#ifndef NET_STATIC_FILES_H
#define NET_STATIC_FILES_H

#include "base/status.h"
#include "net/http.h"

struct static_files;

/* STATUS_IO, STATUS_FULL or STATUS_NO_MEMORY with the words in out_why. */
MUST_USE enum status static_files_load(const char *folder, char out_why[256],
                                       struct static_files **out_files);
void static_files_destroy(struct static_files *files); /* NULL is welcome */

/* Before the first answer: the page may also load scripts and frames from these origins, and speak
   with them; "https://a.example https://b.example". False: that is too long. */
bool static_files_allow(struct static_files *files, const char *origins);

/*
 * Answers GET and HEAD of a file, and 405 to other methods on it. A path outside /api/ that no file
 * has is answered with /index.html where the client accepts text/html: the page finds its way
 * itself. False for everything else: nothing was answered, and the caller says 404.
 */
bool static_files_answer(const struct static_files *files, struct http_request *request);

#endif

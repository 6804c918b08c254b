/* squeeze.c — one call of deflate; the bound is the plain size, because more would be of no use. */
#include "catalog/squeeze.h"

#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16 }; /* 32 kB, with gzip's head and foot */

enum status squeeze_gzip(struct text plain, enum squeeze_effort effort, char **out_bytes,
                         size_t *out_size)
{
    if (plain.size == 0 || plain.size > UINT32_MAX)
        return STATUS_FULL;
    int level = effort == SQUEEZE_QUICK ? 1 : 6;
    z_stream stream = {0};
    if (deflateInit2(&stream, level, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return STATUS_NO_MEMORY;

    char *bytes = malloc(plain.size);
    enum status status = bytes ? STATUS_OK : STATUS_NO_MEMORY;
    if (bytes) {
        stream.next_in = (Bytef *)(uintptr_t)plain.bytes; /* zlib reads it only */
        stream.avail_in = (uInt)plain.size;
        stream.next_out = (Bytef *)bytes;
        stream.avail_out = (uInt)plain.size;
        if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
            status = STATUS_FULL;
    }
    size_t size = stream.total_out;
    deflateEnd(&stream);
    char *fitted = status == STATUS_OK ? realloc(bytes, size) : NULL;
    if (status != STATUS_OK) {
        free(bytes);
        return status;
    }
    *out_bytes = fitted ? fitted : bytes;
    *out_size = size;
    return STATUS_OK;
}

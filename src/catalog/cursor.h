/*
 * cursor.h — where a list goes on: the sort key of the last item, opaque to the client.
 *
 * A key and not a count, so that what is inserted before it moves nothing: no item comes twice,
 * none is left out. On the wire it is base64url of "1.KEY.ID".
 *
 * Thread   Any; pure.
 * Memory   None.
 */
#ifndef CATALOG_CURSOR_H
#define CATALOG_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct cursor {
    int64_t key, id; /* both 0: before the first item */
};

enum { CURSOR_TEXT_BYTES = 64 };

/* Terminated. */
void cursor_write(struct cursor cursor, char out[CURSOR_TEXT_BYTES]);

/* False for anything that cursor_write() did not make. */
bool cursor_read(struct text text, struct cursor *out_cursor);

#endif

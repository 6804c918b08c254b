/* catalog_state.c — one row. */
#include "catalog/catalog_state.h"

#include "limits.h"
#include "store/store.h"

enum status catalog_state_read(struct store_connection *reader, struct catalog_state *out_state)
{
    static const struct sql read = {"SELECT version, identity FROM catalog_state WHERE id = 1"};
    struct rows rows;
    struct catalog_state state = {0};
    enum status status = store_query(reader, &read, NULL, 0, &rows);
    if (status != STATUS_OK)
        return status;
    if (rows_next(&rows))
        state =
            (struct catalog_state){.version = rows_int(&rows, 0), .identity = rows_int(&rows, 1)};
    status = rows_end(&rows);
    if (status != STATUS_OK)
        return status;
    if (state.version < 1 || state.version > ID_MAX)
        return STATUS_INVALID;
    *out_state = state;
    return STATUS_OK;
}

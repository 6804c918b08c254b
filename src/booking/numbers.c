/*
 * numbers.c — one row says which id comes next.
 *
 * It is held against the largest id there is, so that rows which came by another way (a restored
 * copy, a load test's own) are passed over.
 */
#include "booking/numbers.h"

#include "base/must.h"
#include "store/store.h"

struct reservation_id numbers_take(struct numbers *numbers)
{
    must(!numbers_empty(numbers));
    return (struct reservation_id){numbers->next++};
}

enum status numbers_refill(struct store_connection *connection, struct numbers *out_numbers)
{
    static const struct sql take = {
        "UPDATE reservation_number SET next_id = $1 + (SELECT CASE WHEN next_id > last.id"
        " THEN next_id ELSE last.id + 1 END"
        " FROM (SELECT coalesce(max(id), 0) AS id FROM reservation) AS last)"
        " WHERE id = 1 RETURNING next_id"};
    const struct sql_value count = sql_int(RESERVATION_NUMBERS_MAX);
    int64_t end;
    enum status status = store_query_int(connection, &take, &count, 1, &end);
    if (status != STATUS_OK)
        return status;
    if (end <= RESERVATION_NUMBERS_MAX || end > ID_MAX)
        return STATUS_INVALID;
    *out_numbers = (struct numbers){end - RESERVATION_NUMBERS_MAX, end};
    return STATUS_OK;
}

/* catalog_query.c — strict about values, tolerant about names. */
#include "api/catalog_query.h"

#include "api/problem.h"
#include "base/clock.h"
#include "base/ids.h"
#include "limits.h"

static const int64_t DAY_MS = 24 * 60 * 60 * 1000;

/* An empty value asks for nothing, as a form does that was sent untouched. */
static bool given(struct http_request *request, const char *name, struct text *out_value)
{
    *out_value = http_query(request, name);
    return !text_empty(*out_value);
}

static bool read_id(struct http_request *request, const char *name, int64_t *out_id)
{
    struct text value;
    if (!given(request, name, &value))
        return true;
    int64_t id;
    if (!text_to_int64(value, &id) || !id_valid(id)) {
        problem_validation(request, name, "An id is a whole number from 1 to 9007199254740991.");
        return false;
    }
    *out_id = id;
    return true;
}

static bool read_search(struct http_request *request, struct text *out_search)
{
    struct text value;
    if (!given(request, "q", &value))
        return true;
    if (value.size > CATALOG_SEARCH_BYTES_MAX) { /* net/ lets only UTF-8 without NUL through */
        problem_validation(request, "q", "A search is at most 200 bytes long.");
        return false;
    }
    *out_search = value;
    return true;
}

/* "2026-11-21" is the whole day in UTC: as a `from` its first moment, as a `to` its last. */
static bool read_day(struct text value, int64_t *out_ms)
{
    char moment[CLOCK_TEXT_BYTES];
    if (value.size != sizeof "2026-11-21" - 1)
        return false;
    memcpy(moment, value.bytes, value.size);
    memcpy(moment + value.size, "T00:00:00.000Z", sizeof "T00:00:00.000Z");
    return clock_read_iso(text_of(moment), out_ms);
}

static bool read_time(struct http_request *request, const char *name, bool is_end, int64_t *out_ms)
{
    struct text value;
    if (!given(request, name, &value))
        return true;
    int64_t at_ms;
    if (read_day(value, &at_ms)) {
        *out_ms = is_end ? at_ms + DAY_MS : at_ms;
        return true;
    }
    if (clock_read_iso(value, &at_ms)) {
        *out_ms = at_ms;
        return true;
    }
    problem_validation(request, name,
                       "A time is a day, 2026-11-21, or a moment, 2026-11-21T10:00:00Z.");
    return false;
}

bool catalog_query_read_page(struct http_request *request, struct catalog_filter *out_filter)
{
    struct text value;
    out_filter->limit = CATALOG_PAGE_DEFAULT;
    if (given(request, "limit", &value) &&
        (!text_to_int64(value, &out_filter->limit) || out_filter->limit < 1 ||
         out_filter->limit > CATALOG_PAGE_MAX)) {
        problem_validation(request, "limit", "A limit is a whole number from 1 to 1000.");
        return false;
    }
    if (given(request, "cursor", &value) && !cursor_read(value, &out_filter->after)) {
        problem_validation(request, "cursor",
                           "A cursor is the nextCursor of an answer, unchanged.");
        return false;
    }
    return true;
}

bool catalog_query_read(struct http_request *request, struct catalog_filter *out_filter)
{
    return catalog_query_read_page(request, out_filter) &&
           read_search(request, &out_filter->search) &&
           read_id(request, "artistId", &out_filter->artist_id) &&
           read_id(request, "agencyId", &out_filter->agency_id) &&
           read_time(request, "from", false, &out_filter->from_ms) &&
           read_time(request, "to", true, &out_filter->to_ms);
}

/* complaints.c — a list that stops growing at its limit and goes on counting. */
#include "catalog/complaints.h"

#include <stdarg.h>
#include <stdio.h>

void complaints_init(struct complaints *complaints, struct arena *arena)
{
    *complaints = (struct complaints){.arena = arena};
}

void complaints_add(struct complaints *complaints, const char *detail, const char *field_format,
                    ...)
{
    if (complaints->count++ >= COMPLAINTS_MAX)
        return;
    struct complaint *complaint = arena_take_zeroed(complaints->arena, sizeof *complaint);
    if (!complaint) {
        complaints->short_of_memory = true;
        return;
    }
    va_list values;
    va_start(values, field_format);
    vsnprintf(complaint->field, sizeof complaint->field, field_format, values);
    va_end(values);
    complaint->detail = detail;
    if (complaints->last)
        complaints->last->next = complaint;
    else
        complaints->first = complaint;
    complaints->last = complaint;
}

void complaints_json(const struct complaints *complaints, struct json_out *out)
{
    json_out_key(out, "errors");
    json_out_array(out);
    for (const struct complaint *at = complaints->first; at; at = at->next) {
        json_out_object(out);
        json_out_words_field(out, "field", at->field);
        json_out_words_field(out, "detail", at->detail);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_int_field(out, "errorCount", (int64_t)complaints->count);
}

/*
 * layout_fuzz.c — layouts and sales from strangers: whatever is not complained about must be whole.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/must.h"
#include "catalog/layout_document.h"
#include "catalog/sale_document.h"

static void check_layout(const struct layout_document *document)
{
    const struct layout *layout = document->layout;
    uint32_t seat_count = 0;
    must(!layout->full);
    must(layout->section_count >= 1 && layout->row_count >= 1);
    must(isfinite(layout->width) && isfinite(layout->height));
    for (uint32_t i = 0; i < layout->section_count; i++) {
        must(layout->sections[i].row_count >= 1);
        must(!text_empty(document->sections[i].name) && !text_empty(document->sections[i].grade));
        must(document->sections[i].price >= 1);
    }
    for (uint32_t i = 0; i < layout->row_count; i++) {
        must(!text_empty(document->rows[i].name));
        must(layout->rows[i].first_seat == seat_count);
        seat_count += layout->rows[i].seat_count;
        for (uint32_t s = 0; document->rows[i].seats && s < layout->rows[i].seat_count; s++)
            must(!text_empty(document->rows[i].seats[s].number));
    }
    must(seat_count == layout->seat_count && seat_count <= SEATS_PER_OPTION_MAX);
}

static void check_sale(const struct sale_document *sale)
{
    must(sale->opens_at_ms < sale->closes_at_ms);
    must(clock_can_write(sale->opens_at_ms) && clock_can_write(sale->closes_at_ms));
    must(sale->strategy && sale->lock);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct json_in_fault fault;
    struct json_in *body = json_in_open(text_make((const char *)bytes, size), &fault);
    if (!body)
        return 0;
    struct arena *arena = arena_create(4096, 1 << 24);
    must(arena);
    struct layout_document layout;
    struct complaints complaints;
    complaints_init(&complaints, arena);
    if (layout_document_read(body, arena, &layout, &complaints) == STATUS_OK &&
        complaints.count == 0)
        check_layout(&layout);

    struct sale_document sale = {0};
    complaints_init(&complaints, arena);
    if (json_in_is_object(body)) {
        sale_document_read(body, &sale, &complaints);
        if (complaints.count == 0)
            check_sale(&sale);
    }
    json_in_close(body);
    arena_destroy(arena);
    return 0;
}

/* layout_map.c — a drawn layout in the words of the seat map. */
#include "catalog/layout_map.h"

#include <stdio.h>

enum { PLACE_BYTES = 32 };

/* As the store would spell it; empty when the arena is full. */
static struct text place(struct arena *arena, double pitches)
{
    char words[PLACE_BYTES];
    int size = snprintf(words, sizeof words, "%.3f", pitches);
    while (size > 2 && words[size - 1] == '0' && words[size - 2] != '.')
        size--;
    return arena_copy(arena, text_make(words, (size_t)size));
}

static bool list_accessible(const struct layout_document_row *row, uint32_t first_seat,
                            uint32_t seat_count, struct arena *arena, struct catalog_map_row *out)
{
    if (!row->seats)
        return true;
    int64_t *ids = arena_take(arena, seat_count * sizeof *ids);
    if (!ids)
        return false;
    for (uint32_t i = 0; i < seat_count; i++)
        if (row->seats[i].accessible)
            ids[out->accessible_count++] = 1 + (int64_t)first_seat + i;
    out->accessible = ids;
    return true;
}

static bool draw_row(const struct layout_document *document, uint32_t index, struct arena *arena,
                     struct catalog_map_row *out)
{
    const struct layout_row *drawn = &document->layout->rows[index];
    *out = (struct catalog_map_row){
        .name = document->rows[index].name,
        .first_seat_id = 1 + (int64_t)drawn->first_seat,
        .seat_count = drawn->seat_count,
        .x = place(arena, drawn->x),
        .y = place(arena, drawn->y),
        .dx = place(arena, drawn->dx),
        .dy = place(arena, drawn->dy),
    };
    return out->dy.bytes && list_accessible(&document->rows[index], drawn->first_seat,
                                            drawn->seat_count, arena, out);
}

static bool draw_section(const struct layout_document *document, uint32_t index,
                         struct arena *arena, struct catalog_map_section *out)
{
    const struct layout_section *drawn = &document->layout->sections[index];
    const struct layout_document_section *named = &document->sections[index];
    struct catalog_map_row *rows = arena_take(arena, (drawn->row_count + 1) * sizeof *rows);
    if (!rows)
        return false;
    for (uint32_t i = 0; i < drawn->row_count; i++)
        if (!draw_row(document, drawn->first_row + i, arena, &rows[i]))
            return false;
    *out = (struct catalog_map_section){
        .name = named->name,
        .name_ko = named->name_ko,
        .grade = named->grade,
        .price = named->price,
        .label_x = place(arena, drawn->label_x),
        .label_y = place(arena, drawn->label_y),
        .rows = rows,
        .row_count = drawn->row_count,
    };
    return out->label_y.bytes != NULL;
}

enum status layout_map(const struct layout_document *document, struct option_id option,
                       struct arena *arena, struct catalog_map *out_map)
{
    const struct layout *layout = document->layout;
    struct catalog_map_section *sections =
        arena_take(arena, (layout->section_count + 1) * sizeof *sections);
    if (!sections)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < layout->section_count; i++)
        if (!draw_section(document, i, arena, &sections[i]))
            return STATUS_NO_MEMORY;
    *out_map = (struct catalog_map){
        .option_id = option.value,
        .first_seat_id = 1,
        .seat_count = layout->seat_count,
        .width = place(arena, layout->width),
        .height = place(arena, layout->height),
        .stage_x = place(arena, layout->stage_x),
        .stage_y = place(arena, layout->stage_y),
        .stage_width = place(arena, layout->stage_width),
        .stage_height = place(arena, layout->stage_height),
        .sections = sections,
        .section_count = layout->section_count,
    };
    return out_map->stage_height.bytes ? STATUS_OK : STATUS_NO_MEMORY;
}

/* settlement_fuzz.c — lines of a settlement file: bad ones are refused, good ones add up. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/must.h"
#include "payment/settlement.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct settlement *settlement = settlement_create();
    must(settlement);
    struct text rest = text_make((const char *)bytes, size);
    while (!text_empty(rest)) {
        struct settlement_line line;
        if (settlement_read_line(text_cut(rest, '\n', &rest), &line) != SETTLEMENT_LINE)
            continue;
        must(line.amount > 0 && strlen(line.order_id) > 0);
        must(settlement_add(settlement, &line) == STATUS_OK);
        const struct settlement_order *order = settlement_find(settlement, text_of(line.order_id));
        must(order && (line.is_return ? order->returned : order->taken) >= line.amount);
    }
    settlement_destroy(settlement);
    return 0;
}

/* toss_fuzz.c — answers of the payment gateway: whatever comes, only our payment is captured. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/must.h"
#include "payment/toss.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const int statuses[] = {200, 400, 401, 404, 409, 429, 500, 302};
    if (size < 2)
        return 0;
    char reason[GATEWAY_REASON_BYTES] = "";
    struct toss_order order = {.order_id = text_of("TR-1-a"),
                               .amount = 99000,
                               .may_be_heard = (bytes[0] & 8) != 0,
                               .is_kept = (bytes[0] & 16) != 0};
    enum toss_step step = (enum toss_step)(bytes[0] % 4);
    if (step == TOSS_CANCEL || step == TOSS_QUERY_CANCEL)
        order.cancel_reason = text_of("refund 7");
    struct text body = text_make((const char *)bytes + 2, size - 2);
    enum toss_next next = toss_decide(step, &order, statuses[bytes[1] % 8], body, reason);
    must(memchr(reason, '\0', sizeof reason));
    if (next == TOSS_NEXT_CAPTURED)
        must(memmem(body.bytes, body.size, "TR-1-a", 6) || memchr(body.bytes, '\\', body.size));
    return 0;
}

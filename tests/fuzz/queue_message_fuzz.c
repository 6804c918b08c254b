/*
 * queue_message_fuzz.c — whatever lies on the bus: it is a request of ours, or it is not, with a
 * reason.
 */
#include "base/must.h"
#include "strategies/queue_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct request_secret secret = {"thirty-two bytes nobody guesses"};
    struct queue_message message;
    char why[QUEUE_WHY_BYTES] = "";
    if (queue_message_read(text_make((const char *)data, size), &secret, &message, why)) {
        must(id_valid(message.fan.value) && id_valid(message.option.value));
        must(message.wish.seat_count <= SEATS_PER_RESERVATION_MAX);
        must((message.wish.seat_count > 0) != (message.wish.best_count > 0));
    } else {
        must(why[0] != '\0');
    }
    return 0;
}

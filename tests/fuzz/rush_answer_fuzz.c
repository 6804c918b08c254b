/* rush_answer_fuzz.c — bytes that claim to be the server's answer. */
#include <stdint.h>

#include "rush/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct text body = text_make((const char *)data + 2, size - 2);
    struct answer answer;
    unsigned char states[64];
    answer_read(200 + data[0], body, &answer);
    answer_read_states(body, 1 + data[1], states);
    return 0;
}

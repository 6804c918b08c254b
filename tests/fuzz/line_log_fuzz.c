/* line_log_fuzz.c — a line's log and a receipt from anybody: never more than a sentence. */
#include <stddef.h>
#include <stdint.h>

#include "base/must.h"
#include "waiting/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct verify_report report;
    struct text receipt;
    struct text file = text_cut(text_make((const char *)bytes, size), '\0', &receipt);
    if (verify_log(file, receipt, &report) != STATUS_OK)
        return 0;
    must(report.good == (report.words[0] == '\0'));
    return 0;
}

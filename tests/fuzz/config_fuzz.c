/* config_fuzz.c — the reader of settings files, fed with anything. */
#include <stddef.h>
#include <stdint.h>

#include "base/must.h"
#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct config *config = config_create();
    struct config_fault fault = {""};

    must(config);
    enum status status =
        config_read(config, text_make((const char *)bytes, size), "fuzz.conf", &fault);
    must(status == STATUS_OK || status == STATUS_INVALID);
    must((status == STATUS_INVALID) == (fault.words[0] != '\0'));
    config_destroy(config);
    return 0;
}

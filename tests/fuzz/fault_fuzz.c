/* Any text as a fault: it is refused with a sentence, or applies within the bounds of its kind. */
#include "base/error.h"
#include "fuzz.h"
#include "intake/fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dl_intake_fault fault;
    struct dl_intake_plan plan;
    struct dl_error err = {0};
    char *text = fuzz_string(data, size);

    if (dl_intake_fault_parse(&fault, text, &err) < 0) {
        EXPECT(err.code == DL_E_VALUE && *err.text);
    } else {
        EXPECT(fault.kind < DL_FAULT_COUNT && fault.left > 0);
        EXPECT(fault.share >= 0 && fault.share <= 1);
        dl_intake_fault_plan(&plan, &fault, 1, 1, 1, fault.host, fault.path);
        EXPECT(plan.any || fault.share < 1 || fault.kind == DL_FAULT_TLS);
        EXPECT(plan.status == 0 || (plan.status >= 200 && plan.status <= 599));
        EXPECT(plan.delay_ms >= 0 && plan.answer_cut >= -1 && plan.request_cut >= -1);
    }
    free(text);
    return 0;
}

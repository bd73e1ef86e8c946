/* Any bytes as a manifest: refused by place, or an identity that keeps Datadog's rules. */
#include "fuzz.h"

#include "base/json.h"
#include "base/text.h"
#include "identity/integration.h"

static void expect_rules(const struct dl_integration *m)
{
    EXPECT(dl_integration_name_valid(m->name));
    EXPECT(strcmp(m->source, m->name) == 0);
    EXPECT(m->service_count >= 1 && m->service_count <= DL_SERVICES_MAX);
    for (size_t i = 0; i < m->service_count; i++) {
        EXPECT(dl_text_is_lower(m->services[i]));
        EXPECT(dl_integration_service(m, m->services[i]) == m->services[i]);
    }
    EXPECT(m->sample_count <= DL_SAMPLES_MAX);
    for (size_t i = 0; i < m->sample_count; i++) {
        size_t len = strlen(m->samples[i]);

        EXPECT(len > 0 && len <= DL_SAMPLE_BYTES);
        EXPECT(dl_utf8_valid(m->samples[i], len, NULL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    struct dl_integration *m = NULL;
    struct dl_error err = {0};
    int status = dl_integration_read_text(&m, text, size, "file", &err);

    if (status == 0) {
        expect_rules(m);
    } else {
        EXPECT(m == NULL && status == -DL_E_MANIFEST);
        EXPECT(strncmp(err.text, "file:", 5) == 0);
        EXPECT(dl_utf8_valid(err.text, strlen(err.text), NULL));
    }
    dl_integration_free(m);
    free(text);
    return 0;
}

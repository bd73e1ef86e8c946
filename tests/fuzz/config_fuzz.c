/* Any bytes as a configuration: refused by place, or written and read again as the same. */
#include "fuzz.h"

#include "base/text.h"
#include "identity/config.h"

static void expect_round_trip(const struct dl_config *config)
{
    struct dl_config *again = NULL;
    struct dl_buffer first, second;

    dl_buffer_init(&first, DL_CONFIG_BYTES);
    dl_buffer_init(&second, DL_CONFIG_BYTES);
    EXPECT(dl_config_write_text(config, &first, NULL) == 0);
    EXPECT(!dl_text_looks_secret(first.data, first.len));
    EXPECT(dl_config_read_text(&again, first.data, first.len, "again", NULL) == 0);
    EXPECT(dl_config_equal(config, again));
    EXPECT(dl_config_write_text(again, &second, NULL) == 0);
    EXPECT(strcmp(first.data, second.data) == 0);
    dl_config_free(again);
    dl_buffer_free(&first);
    dl_buffer_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    struct dl_config *config = NULL;
    struct dl_error err = {0};
    int status = dl_config_read_text(&config, text, size, "file", &err);

    if (status == 0) {
        expect_round_trip(config);
    } else {
        EXPECT(config == NULL);
        EXPECT(status == -DL_E_CFG_PARSE || status == -DL_E_CFG_NEWER);
        EXPECT(strncmp(err.text, "file:", 5) == 0);
        EXPECT(dl_utf8_valid(err.text, strlen(err.text), NULL));
    }
    dl_config_free(config);
    free(text);
    return 0;
}

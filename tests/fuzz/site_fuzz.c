/* Any text: a site or a sentence; what is taken for a site names a Datadog host. */
#include "fuzz.h"

#include "base/text.h"
#include "identity/site.h"

/* What a taken text must hold, in lowercase: the id, or the domain of the site. */
static void expect_named(const char *text, const struct dl_site *site)
{
    char *lower = fuzz_string((const uint8_t *)text, strlen(text));

    for (char *c = lower; *c != '\0'; c++)
        *c = dl_ascii_lower(*c);
    EXPECT(strstr(lower, site->id) != NULL || strstr(lower, site->site) != NULL ||
           strstr(lower, "ddog-gov.datadoghq.com") != NULL);
    EXPECT(strchr(lower, '\\') == NULL || strpbrk(lower, "/?#") != NULL);
    free(lower);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size), said[64] = "x";
    const struct dl_site *site = NULL;
    struct dl_error err = {0};
    int status = dl_site_recognise(&site, said, sizeof said, text, &err);

    EXPECT(memchr(said, '\0', sizeof said) != NULL);
    EXPECT(dl_utf8_valid(err.text, strlen(err.text), NULL));
    if (status == 0) {
        EXPECT(site >= dl_sites && site < dl_sites + DL_SITE_COUNT);
        expect_named(text, site);
    } else {
        EXPECT(status == -DL_E_SITE && site == NULL && err.text[0] != '\0');
        EXPECT(said[0] == '\0');
    }
    free(text);
    return 0;
}

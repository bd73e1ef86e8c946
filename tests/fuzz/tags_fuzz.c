/* Any text: a list of tags that is its own normal form, or a sentence and nothing appended. */
#include "fuzz.h"

#include "base/text.h"
#include "identity/tag.h"

static void hear(void *context, const struct dl_tag_word *word)
{
    size_t *heard = context;

    (*heard)++;
    EXPECT(dl_utf8_valid(word->before, strlen(word->before), NULL));
    EXPECT(strpbrk(word->before, "\n\x1b") == NULL);
    EXPECT(strlen(word->before) > 200 || /* it may be cut */
           !dl_text_looks_secret(word->before, strlen(word->before)));
    EXPECT((word->after[0] == '\0') == (word->fate == DL_TAG_REFUSED));
    EXPECT((word->why[0] == '\0') == (word->fate == DL_TAG_KEPT));
}

static void expect_normal(const char *tag)
{
    struct dl_tags again = {0};
    const char *value;
    size_t length;

    EXPECT(strpbrk(tag, ", \t\r\n\"'\\") == NULL);
    EXPECT(dl_text_is_lower(tag) && strlen(tag) <= DL_TAG_CHARACTERS * 4);
    dl_tag_split(tag, &length, &value);
    EXPECT(length > 0 && (value == NULL || *value != '\0'));
    EXPECT(dl_tags_parse(&again, tag, NULL, NULL, NULL) == 0);
    EXPECT(again.count == 1 && strcmp(again.items[0], tag) == 0);
    dl_tags_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    struct dl_tags tags = {0};
    struct dl_error err = {0};
    size_t heard = 0;
    int status = dl_tags_parse(&tags, text, hear, &heard, &err);

    if (status < 0)
        EXPECT(status == -DL_E_TAG && tags.count == 0 && err.text[0] != '\0');
    EXPECT(tags.count <= heard && tags.count <= DL_TAGS_MAX);
    for (size_t i = 0; i < tags.count; i++) {
        expect_normal(tags.items[i]);
        dl_tag_as_attribute(&tags, i);
    }
    dl_tags_free(&tags);
    free(text);
    return 0;
}

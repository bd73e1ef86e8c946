#include "identity/property.h"

#include <string.h>

#include "base/text.h"
#include "identity/tag.h"

const struct dl_property_info dl_properties[DL_PROPERTY_COUNT] = {
#define DL_PROPERTY_ROW(symbol, key, type, choices, fallback, env, option, help)                   \
    {DL_PROP_##symbol, key, type, choices, fallback, env, option, help},
    DL_PROPERTY_TABLE(DL_PROPERTY_ROW)
#undef DL_PROPERTY_ROW
};

const struct dl_property_info *dl_property_by_key(const char *key)
{
    for (size_t i = 0; i < DL_PROPERTY_COUNT; i++)
        if (strcmp(dl_properties[i].key, key) == 0)
            return &dl_properties[i];
    return NULL;
}

const struct dl_property_info *dl_property_by_option(const char *option)
{
    for (size_t i = 0; i < DL_PROPERTY_COUNT && *option != '\0'; i++)
        if (strcmp(dl_properties[i].option, option) == 0)
            return &dl_properties[i];
    return NULL;
}

const char *dl_property_refusal(const char *key)
{
    static const char *const identity[] = {"source", "service", "services", "ddsource", NULL};
    static const char *const secrets[] = {"api_key", "apikey",     "key",     "dd_api_key",
                                          "api-key", "dd-api-key", "app_key", NULL};

    for (size_t i = 0; identity[i] != NULL; i++)
        if (dl_ascii_equal(identity[i], key))
            return "source and service come from the manifest of the integration alone";
    for (size_t i = 0; secrets[i] != NULL; i++)
        if (dl_ascii_equal(secrets[i], key))
            return "the key is never kept in the configuration; run: ddlogs key set";
    return NULL;
}

/* The key that is probably meant, or NULL. */
static const char *nearest_key(const char *key)
{
    const char *keys[DL_PROPERTY_COUNT + 1];

    for (size_t i = 0; i < DL_PROPERTY_COUNT; i++)
        keys[i] = dl_properties[i].key;
    keys[DL_PROPERTY_COUNT] = NULL;
    return dl_text_nearest(key, keys);
}

int dl_property_find(const struct dl_property_info **out, const char *key, struct dl_error *err)
{
    const struct dl_property_info *found = dl_property_by_key(key);
    const char *refusal = dl_property_refusal(key);
    const char *nearest;
    char shown[128];

    if (found != NULL) {
        *out = found;
        return 0;
    }
    if (dl_text_looks_secret(key, strlen(key)))
        return dl_error_set(err, DL_E_VALUE, "this looks like a key, not the name of a property");
    dl_text_show(shown, sizeof shown, key, strlen(key));
    if (refusal != NULL)
        return dl_error_set(err, DL_E_VALUE, "\"%s\" cannot be set: %s", shown, refusal);
    nearest = nearest_key(key);
    if (nearest == NULL)
        return dl_error_set(err, DL_E_VALUE, "there is no property \"%s\"", shown);
    return dl_error_set(err, DL_E_VALUE, "there is no property \"%s\"; did you mean \"%s\"?", shown,
                        nearest);
}

bool dl_property_choice(const struct dl_property_info *info, const char *text, unsigned *index)
{
    const char *choice = info->choices;

    for (unsigned i = 0; choice != NULL; i++) {
        size_t len = strcspn(choice, "|");

        if (strlen(text) == len && strncmp(choice, text, len) == 0) {
            *index = i;
            return true;
        }
        choice = choice[len] == '|' ? choice + len + 1 : NULL;
    }
    return false;
}

void dl_property_choice_text(const struct dl_property_info *info, unsigned index, char *to,
                             size_t size)
{
    const char *choice = info->choices;

    for (unsigned i = 0; i < index && choice != NULL; i++) {
        choice = strchr(choice, '|');
        choice = choice == NULL ? NULL : choice + 1;
    }
    if (choice == NULL) {
        dl_text_copy(to, size, "");
        return;
    }
    dl_text_format(to, size, "%.*s", (int)strcspn(choice, "|"), choice);
}

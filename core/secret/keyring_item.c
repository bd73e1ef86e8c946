/* The stored key: find, read, write, delete. */
#include <string.h>

#include "secret/keyring_service.h"

/* Attributes are readable by everyone on the bus even while the keyring is locked: names only. */
static const SecretSchema schema = {
    .name = "io.github.ddlogs.ApiKey",
    .flags = SECRET_SCHEMA_NONE,
    .attributes =
        {
            {"integration", SECRET_SCHEMA_ATTRIBUTE_STRING},
            {"site", SECRET_SCHEMA_ATTRIBUTE_STRING},
        },
};

static GHashTable *attributes_of(const struct keyring_service *k)
{
    return secret_attributes_build(&schema, "integration", k->integration, "site", k->site, NULL);
}

/* Every item of this integration and site, locked ones too, without a prompt. */
static int search(struct keyring_service *k, GList **items, struct dl_error *err)
{
    GError *error = NULL;
    GHashTable *attributes = attributes_of(k);

    *items = secret_service_search_sync(k->service, &schema, attributes, SECRET_SEARCH_ALL, NULL,
                                        &error);
    g_hash_table_unref(attributes);
    return error ? keyring_service_fail(err, error, "be searched") : 0;
}

static void free_items(GList *items)
{
    g_list_free_full(items, g_object_unref);
}

static bool any_locked(const GList *items)
{
    for (; items; items = items->next)
        if (secret_item_get_locked(items->data))
            return true;
    return false;
}

/* The unlocked item that was changed last, or NULL. */
static SecretItem *newest(const GList *items)
{
    SecretItem *best = NULL;

    for (; items; items = items->next) {
        SecretItem *item = items->data;
        if (!secret_item_get_locked(item) &&
            (!best || secret_item_get_modified(item) > secret_item_get_modified(best)))
            best = item;
    }
    return best;
}

static int none_stored(const struct keyring_service *k, struct dl_error *err)
{
    return dl_error_set(err, DL_E_KEY_NONE, "the keyring holds no API key for %s on site %s",
                        k->integration, k->site);
}

static int unlock_items(struct keyring_service *k, GList *items, struct dl_error *err)
{
    GError *error = NULL;
    GList *unlocked = NULL;
    int count;

    if (!k->unlock)
        return dl_error_set(
            err, DL_E_KS_LOCKED,
            "the keyring that holds the key is locked; unlock it on the desktop, or "
            "use --unlock");
    count = secret_service_unlock_sync(k->service, items, NULL, &unlocked, &error);
    g_list_free_full(unlocked, g_object_unref);
    if (error)
        return keyring_service_fail(err, error, "be unlocked");
    if (count < 1)
        return dl_error_set(err, DL_E_KS_DISMISSED,
                            "the prompt to unlock the keyring was dismissed, or no desktop could "
                            "show it");
    return 0;
}

/* The items, found and unlocked. Never an empty list. A locked keyring that shows nothing is not a
 * keyring that holds nothing: some services hide the items of a locked collection. */
static int open_items(struct keyring_service *k, GList **items, struct dl_error *err)
{
    int rc = search(k, items, err);

    if (rc == 0 && !*items && keyring_service_locked(k)) {
        rc = keyring_service_unlock(k, err);
        if (rc == 0)
            rc = search(k, items, err);
    }
    if (rc == 0 && !*items)
        return none_stored(k, err);
    if (rc == 0 && any_locked(*items)) {
        rc = unlock_items(k, *items, err);
        free_items(*items);
        *items = NULL;
        if (rc == 0)
            rc = search(k, items, err);
        if (rc == 0 && !*items)
            return none_stored(k, err);
    }
    return rc;
}

static int read_item(SecretItem *item, struct dl_key **key, struct dl_error *err)
{
    GError *error = NULL;
    SecretValue *value;
    const char *text;
    gsize len;
    int rc;

    if (!secret_item_load_secret_sync(item, NULL, &error))
        return keyring_service_fail(err, error, "give the key");
    value = secret_item_get_secret(item);
    if (!value)
        return dl_error_set(err, DL_E_KS_GONE,
                            "the keyring gave no key for an item that it listed");
    text = secret_value_get(value, &len);
    rc = dl_key_new(key, text, len, err);
    secret_value_unref(value);
    if (rc < 0)
        return dl_error_set(err, DL_E_KS_OTHER, "what the keyring holds is not an API key");
    return 0;
}

int keyring_service_has(struct keyring_service *k, bool *has, struct dl_error *err)
{
    GList *items;
    int rc = search(k, &items, err);

    if (rc < 0)
        return rc;
    *has = items != NULL;
    free_items(items);
    return 0;
}

int keyring_service_get(struct keyring_service *k, struct dl_key **key, struct dl_error *err)
{
    GList *items = NULL;
    int rc = open_items(k, &items, err);

    if (rc == 0) {
        SecretItem *item = newest(items);
        rc = item ? read_item(item, key, err)
                  : dl_error_set(err, DL_E_KS_LOCKED, "the keyring was locked again meanwhile");
    }
    free_items(items);
    return rc;
}

static int create_item(struct keyring_service *k, const struct dl_key *key, struct dl_error *err)
{
    GError *error = NULL;
    GHashTable *attributes = attributes_of(k);
    char *label = g_strdup_printf("Datadog API key of %s (%s)", k->integration, k->site);
    SecretValue *value =
        secret_value_new(dl_key_text(key), (gssize)dl_key_length(key), "text/plain");
    SecretItem *item = secret_item_create_sync(k->collection, &schema, attributes, label, value,
                                               SECRET_ITEM_CREATE_REPLACE, NULL, &error);

    secret_value_unref(value);
    g_free(label);
    g_hash_table_unref(attributes);
    g_clear_object(&item);
    return error ? keyring_service_fail(err, error, "store the key") : 0;
}

int keyring_service_store(struct keyring_service *k, const struct dl_key *key, struct dl_error *err)
{
    struct dl_key *back = NULL;
    int rc = keyring_service_unlock(k, err);

    if (rc == 0)
        rc = create_item(k, key, err);
    if (rc == 0)
        rc = keyring_service_get(k, &back, err);
    if (rc == -DL_E_KEY_NONE)
        rc = dl_error_set(err, DL_E_KS_OTHER, "the keyring took the key but does not hold it");
    if (rc == 0 && !dl_key_equal(key, back))
        rc =
            dl_error_set(err, DL_E_KS_OTHER, "the keyring took the key but gives another one back");
    dl_key_free(back);
    return rc;
}

int keyring_service_delete(struct keyring_service *k, struct dl_error *err)
{
    GError *error = NULL;
    GList *items = NULL;
    bool left = false;
    int rc = open_items(k, &items, err);

    for (GList *i = items; i && rc == 0; i = i->next)
        if (!secret_item_delete_sync(i->data, NULL, &error) && error)
            rc = keyring_service_fail(err, error, "delete the key");
    free_items(items);
    if (rc == 0)
        rc = keyring_service_has(k, &left, err);
    if (rc == 0 && left)
        rc = dl_error_set(err, DL_E_KS_DISMISSED, "the keyring still holds the key");
    return rc;
}

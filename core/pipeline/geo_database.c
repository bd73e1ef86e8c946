#include "pipeline/geo_database.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include "base/text.h"

#define LIBRARY "libmaxminddb.so.0"
#define KIND_MAX 64

/* The library's calls. It is not linked: a program that reads no database starts without it. */
static struct {
    void *handle;
    __typeof__(MMDB_open) *open;
    __typeof__(MMDB_close) *close;
    __typeof__(MMDB_lookup_sockaddr) *look_up;
    __typeof__(MMDB_aget_value) *get;
    __typeof__(MMDB_strerror) *message;
} library;

static struct {
    bool loaded;
    MMDB_s file;
    char kind[KIND_MAX];
} database;

static int load_library(struct dl_error *err)
{
    const struct {
        const char *name;
        void *slot;
    } calls[] = {{"MMDB_open", &library.open},
                 {"MMDB_close", &library.close},
                 {"MMDB_lookup_sockaddr", &library.look_up},
                 {"MMDB_aget_value", &library.get},
                 {"MMDB_strerror", &library.message}};

    if (library.handle)
        return 0;
    library.handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; library.handle && i < sizeof calls / sizeof *calls; i++) {
        void *call = dlsym(library.handle, calls[i].name);

        memcpy(calls[i].slot, &call, sizeof call); /* POSIX's way from an object to a function */
        if (!call) {
            dlclose(library.handle);
            library.handle = NULL;
        }
    }
    return library.handle ? 0
                          : dl_error_set(err, DL_E_GEOIP,
                                         "Geo-IP databases are read by " LIBRARY
                                         ", which is not installed: install the package "
                                         "libmaxminddb0");
}

/* The database's own word for what it is, which may be any bytes. */
static void name_kind(const char *words)
{
    size_t len = strlen(words);
    struct dl_buffer clean;

    dl_buffer_init(&clean, 8 * KIND_MAX);
    if (dl_text_clean(&clean, words, dl_utf8_cut(words, len, len < KIND_MAX ? len : KIND_MAX)) == 0)
        dl_text_copy(database.kind, sizeof database.kind, dl_buffer_string(&clean));
    dl_buffer_free(&clean);
}

int dl_geo_load(const char *path, struct dl_error *err)
{
    struct stat st;
    int rc, status;

    dl_geo_unload();
    if (stat(path, &st) < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "the Geo-IP database %s cannot be read",
                                  path);
    if (!S_ISREG(st.st_mode))
        return dl_error_set(err, DL_E_GEOIP, "%s is no file: give a Geo-IP database (.mmdb)", path);
    rc = load_library(err);
    if (rc < 0)
        return rc;
    status = library.open(path, MMDB_MODE_MMAP, &database.file);
    if (status != MMDB_SUCCESS)
        return dl_error_set(err, DL_E_GEOIP,
                            "%s is no Geo-IP database that can be read (%s): give a file in "
                            "MaxMind's format (.mmdb)",
                            path, library.message(status));
    database.loaded = true;
    name_kind(database.file.metadata.database_type);
    return 0;
}

void dl_geo_unload(void)
{
    if (database.loaded)
        library.close(&database.file);
    database.loaded = false;
    *database.kind = '\0';
}

bool dl_geo_is_loaded(void)
{
    return database.loaded;
}

struct dl_text dl_geo_kind(void)
{
    return (struct dl_text){database.kind, strlen(database.kind)};
}

/* ---- one entry ---- */

/* An entry of the database on its way into the attributes. */
struct reading {
    struct dl_arena *arena;
    MMDB_entry_s entry;
};

static struct dl_text text_of(const char *words)
{
    return (struct dl_text){words, strlen(words)};
}

static bool find(struct reading *r, const char *const *path, MMDB_entry_data_s *out)
{
    return library.get(&r->entry, out, path) == MMDB_SUCCESS && out->has_data;
}

/* Appends the text at a path of the entry; bytes that are no UTF-8 are left out. */
static void put_text(struct reading *r, struct dl_value *into, const char *key,
                     const char *const *path)
{
    MMDB_entry_data_s data;

    if (find(r, path, &data) && data.type == MMDB_DATA_TYPE_UTF8_STRING && data.data_size &&
        dl_utf8_valid(data.utf8_string, data.data_size, NULL))
        dl_value_put(r->arena, into, text_of(key),
                     dl_value_text(r->arena, data.utf8_string, data.data_size));
}

static void put_double(struct reading *r, struct dl_value *into, const char *key,
                       const char *const *path)
{
    MMDB_entry_data_s data;

    if (find(r, path, &data) && data.type == MMDB_DATA_TYPE_DOUBLE && isfinite(data.double_value))
        dl_value_put(r->arena, into, text_of(key), dl_value_double(r->arena, data.double_value));
}

static void put_filled(struct reading *r, struct dl_value *into, const char *key,
                       struct dl_value *object)
{
    if (object && object->of.list.count)
        dl_value_put(r->arena, into, text_of(key), object);
}

#define PATH(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Country and subdivision as "FR-IDF", as ISO 3166-2 writes it. */
static void put_subdivision_code(struct reading *r, struct dl_value *into)
{
    MMDB_entry_data_s country, part;
    struct dl_text code;

    if (!find(r, PATH("country", "iso_code"), &country) ||
        !find(r, PATH("subdivisions", "0", "iso_code"), &part) ||
        country.type != MMDB_DATA_TYPE_UTF8_STRING || part.type != MMDB_DATA_TYPE_UTF8_STRING ||
        !dl_utf8_valid(country.utf8_string, country.data_size, NULL) ||
        !dl_utf8_valid(part.utf8_string, part.data_size, NULL))
        return;
    code.at = dl_arena_format(r->arena, &code.len, "%.*s-%.*s", (int)country.data_size,
                              country.utf8_string, (int)part.data_size, part.utf8_string);
    if (code.at)
        dl_value_put(r->arena, into, DL_TEXT("iso_code"),
                     dl_value_text(r->arena, code.at, code.len));
}

/* The network: "AS3215" and who it belongs to; databases have it beside the place or in "traits".
 */
static void put_network(struct reading *r, struct dl_value *into)
{
    struct dl_value *as = dl_value_object(r->arena);
    MMDB_entry_data_s data;
    char number[16];

    if ((find(r, PATH("autonomous_system_number"), &data) ||
         find(r, PATH("traits", "autonomous_system_number"), &data)) &&
        data.type == MMDB_DATA_TYPE_UINT32) {
        dl_text_format(number, sizeof number, "AS%u", data.uint32);
        dl_value_put(r->arena, as, DL_TEXT("number"),
                     dl_value_text(r->arena, number, strlen(number)));
    }
    put_text(r, as, "name", PATH("traits", "autonomous_system_organization"));
    put_text(r, as, "name", PATH("autonomous_system_organization"));
    put_filled(r, into, "as", as);
}

static void put_place(struct reading *r, struct dl_value *into)
{
    struct dl_value *city = dl_value_object(r->arena), *continent = dl_value_object(r->arena);
    struct dl_value *country = dl_value_object(r->arena), *location = dl_value_object(r->arena);
    struct dl_value *part = dl_value_object(r->arena);

    put_text(r, city, "name", PATH("city", "names", "en"));
    put_text(r, continent, "code", PATH("continent", "code"));
    put_text(r, continent, "name", PATH("continent", "names", "en"));
    put_text(r, country, "iso_code", PATH("country", "iso_code"));
    put_text(r, country, "name", PATH("country", "names", "en"));
    put_double(r, location, "latitude", PATH("location", "latitude"));
    put_double(r, location, "longitude", PATH("location", "longitude"));
    put_subdivision_code(r, part);
    put_text(r, part, "name", PATH("subdivisions", "0", "names", "en"));
    put_filled(r, into, "city", city);
    put_filled(r, into, "continent", continent);
    put_filled(r, into, "country", country);
    put_filled(r, into, "location", location);
    put_filled(r, into, "subdivision", part);
    put_text(r, into, "timezone", PATH("location", "time_zone"));
}

/* The address as a socket's, so that the library asks no resolver. */
static void read_address(struct sockaddr_storage *out, const char *ip)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

    *out = (struct sockaddr_storage){.ss_family = AF_INET};
    if (inet_pton(AF_INET, ip, &v4->sin_addr) == 1)
        return;
    out->ss_family = AF_INET6;
    (void)inet_pton(AF_INET6, ip, &v6->sin6_addr);
}

struct dl_value *dl_geo_look_up(struct dl_arena *arena, const char *ip)
{
    struct dl_value *v = dl_value_object(arena);
    struct reading r = {.arena = arena};
    struct sockaddr_storage address;
    MMDB_lookup_result_s found;
    int status;

    read_address(&address, ip);
    found = library.look_up(&database.file, (const struct sockaddr *)&address, &status);
    if (status != MMDB_SUCCESS || !found.found_entry)
        return v;
    r.entry = found.entry;
    put_network(&r, v);
    put_place(&r, v);
    if (v && v->of.list.count)
        dl_value_put(arena, v, DL_TEXT("ipAddress"), dl_value_text(arena, ip, strlen(ip)));
    return v;
}

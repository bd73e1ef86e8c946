/* Stands in for libFuzzer where there is none: gives the target every file of its corpus, every
 * start of it, and changed forms of it that are the same in each run. Prints TAP, one line a file.
 *
 * The corpus of X_fuzz is $FUZZ_CORPUS/X; files on the command line are run once each instead. */
#include <dirent.h>

#include "fuzz.h"

#define SIZE_LIMIT (1 << 20)
#define STARTS 2000 /* most starts of one file */
#define CHANGES 400 /* changed forms of one file */

static uint32_t seed;

static uint32_t chance(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return below == 0 ? 0 : seed % below;
}

/* An exact copy on the heap, so that a sanitizer sees a byte too far. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);

    EXPECT(copy != NULL);
    if (size > 0)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

/* One to eight changes: a bit, a byte that parsers care about, a piece taken out or doubled. */
static size_t change(uint8_t *data, size_t size, size_t room)
{
    static const char bytes[] = "\"'\\{}[]:,./@#?=%_- \n\t\0\x01\x7f\x80\xc3\xff"
                                "09azAZ";

    for (uint32_t i = 1 + chance(8); i > 0 && size > 0; i--) {
        size_t at = chance((uint32_t)size), piece = 1 + chance(16);

        if (piece > size - at)
            piece = size - at;
        switch (chance(4)) {
        case 0:
            data[at] = (uint8_t)(data[at] ^ (1u << chance(8)));
            break;
        case 1:
            data[at] = (uint8_t)bytes[chance(sizeof bytes - 1)];
            break;
        case 2:
            memmove(data + at, data + at + piece, size - at - piece);
            size -= piece;
            break;
        default:
            if (size + piece > room)
                break;
            memmove(data + at + piece, data + at, size - at);
            size += piece;
        }
    }
    return size;
}

static void run_forms(const uint8_t *data, size_t size)
{
    size_t room = size + 256, step = size / STARTS + 1;
    uint8_t *form = malloc(room);

    EXPECT(form != NULL);
    for (size_t start = 0; start < size; start += step)
        run(data, start);
    run(data, size);
    seed = 2463534242u;
    for (int i = 0; i < CHANGES; i++) {
        if (size > 0)
            memcpy(form, data, size);
        run(form, change(form, size, room));
    }
    free(form);
}

static uint8_t *load(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(SIZE_LIMIT);

    if (f == NULL || data == NULL) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    *size = fread(data, 1, SIZE_LIMIT, f);
    fclose(f);
    return data;
}

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* "site" of ".../site_fuzz" */
static void target_name(char *to, size_t size, const char *program)
{
    const char *slash = strrchr(program, '/');

    snprintf(to, size, "%s", slash == NULL ? program : slash + 1);
    if (strstr(to, "_fuzz") != NULL)
        *strstr(to, "_fuzz") = '\0';
}

int main(int argc, char **argv)
{
    const char *corpus = getenv("FUZZ_CORPUS");
    char name[64], folder[4096], path[8192];
    struct dirent **files;
    size_t size;
    int count;

    for (int i = 1; i < argc; i++) {
        uint8_t *data = load(argv[i], &size);

        run(data, size);
        free(data);
    }
    if (argc > 1)
        return 0;
    target_name(name, sizeof name, argv[0]);
    snprintf(folder, sizeof folder, "%s/%s", corpus == NULL ? "corpus" : corpus, name);
    count = scandir(folder, &files, is_file, alphasort);
    if (count <= 0) {
        fprintf(stderr, "there is no corpus %s\n", folder);
        return 1;
    }
    printf("1..%d\n", count);
    for (int i = 0; i < count; i++) {
        uint8_t *data;

        snprintf(path, sizeof path, "%s/%s", folder, files[i]->d_name);
        data = load(path, &size);
        run_forms(data, size);
        printf("ok %d - %s, its starts and %d changed forms\n", i + 1, files[i]->d_name, CHANGES);
        fflush(stdout);
        free(data);
        free(files[i]);
    }
    free(files);
    return 0;
}

#include "screen/input.h"

#include <string.h>

#include "base/text.h"

struct row {
    enum input_code code;
    const char *name, *capability, *bytes;
};

#define INPUT_ROW(symbol, name, capability, bytes) {INPUT_##symbol, name, capability, bytes},
static const struct row rows[] = {INPUT_TABLE(INPUT_ROW)};
#undef INPUT_ROW

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

unsigned char *input_room(struct input *input, size_t *room)
{
    if (input->start > 0) {
        memmove(input->bytes, input->bytes + input->start, input->len);
        explicit_bzero(input->bytes + input->len, input->start);
        input->start = 0;
    }
    *room = INPUT_BYTES - input->len;
    return input->bytes + input->len;
}

void input_added(struct input *input, size_t len)
{
    input->len += len;
}

static void take(struct input *input, size_t n)
{
    explicit_bzero(input->bytes + input->start, n);
    input->start += n;
    input->len -= n;
}

/* How a known sequence and the waiting bytes agree: its length if it is there in full, 0 if not at
 * all, -1 if only its start is. */
static int compare(const struct input *input, const char *sequence)
{
    size_t n = strlen(sequence);
    size_t both = n < input->len ? n : input->len;

    if (n == 0 || memcmp(input->bytes + input->start, sequence, both) != 0)
        return 0;
    return both == n ? (int)n : -1;
}

/* The longest known sequence at the start; *begun: a longer one may still come. */
static int find(const struct input *input, enum input_code *code, bool *begun)
{
    int best = 0;

    *begun = false;
    for (size_t i = 0; i < ROW_COUNT + input->learned_count; i++) {
        bool fixed = i < ROW_COUNT;
        int n = compare(input, fixed ? rows[i].bytes : input->learned[i - ROW_COUNT].bytes);
        *begun = *begun || n < 0;
        if (n > best) {
            best = n;
            *code = fixed ? rows[i].code : input->learned[i - ROW_COUNT].code;
        }
    }
    return best;
}

/* Length of an escape sequence by its grammar (ECMA-48 CSI, SS3, else Esc and nothing); 0: not
 * complete yet. */
static size_t grammar(const struct input *input)
{
    const unsigned char *p = input->bytes + input->start;
    size_t n = 2;

    if (input->len < 2)
        return 0;
    if (p[1] == 'O')
        return input->len < 3 ? 0 : 3;
    if (p[1] != '[')
        return 1;
    while (n < input->len && p[n] >= 0x20 && p[n] < 0x40)
        n++;
    return n < input->len ? n + 1 : 0;
}

/* Within a paste only its end is a sequence; everything else is text. */
static bool next_pasted(struct input *input, bool final, struct input_key *key)
{
    int end = compare(input, "\033[201~");

    if (end > 0) {
        take(input, (size_t)end);
        input->pasting = false;
        key->code = INPUT_PASTE_END;
        return true;
    }
    if (end < 0 && !final)
        return false;
    unsigned char c = input->bytes[input->start];
    key->code = c == '\n' || c == '\r' || c == '\t' ? INPUT_CHARACTER : INPUT_NOTHING;
    key->character = c == '\r' ? '\n' : c;
    take(input, 1);
    return true;
}

/* A character in UTF-8; bytes that are none are dropped one by one. */
static bool next_character(struct input *input, bool final, struct input_key *key)
{
    const char *p = (const char *)input->bytes + input->start;
    unsigned char first = input->bytes[input->start];
    size_t wanted = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    size_t n = dl_utf8_decode(p, input->len, &key->character);

    if (n == 0 && input->len < wanted && first >= 0xc2 && !final)
        return false;
    key->code = n > 0 && key->character >= 0x20 ? INPUT_CHARACTER : INPUT_NOTHING;
    take(input, n > 0 ? n : 1);
    return true;
}

static bool next_escape(struct input *input, bool final, struct input_key *key)
{
    size_t n = grammar(input);

    if (n == 0 && !final)
        return false;
    key->code = n > 1 ? INPUT_NOTHING : INPUT_ESCAPE;
    take(input, n > 1 ? n : 1);
    return true;
}

/* Outside a paste. */
static bool next_key(struct input *input, bool final, struct input_key *key)
{
    bool begun;
    int n = find(input, &key->code, &begun);

    if (begun && !final)
        return false;
    if (n > 0) {
        take(input, (size_t)n);
        input->pasting = key->code == INPUT_PASTE_BEGIN;
        return true;
    }
    if (input->bytes[input->start] == 0x1b)
        return next_escape(input, final, key);
    return next_character(input, final, key);
}

bool input_next(struct input *input, bool final, struct input_key *key)
{
    memset(key, 0, sizeof(*key));
    if (input->len == 0)
        return false;
    unsigned char first = input->bytes[input->start];
    if (input->pasting && first == 0x03) /* the way out of a paste whose end was lost */
        input->pasting = false;
    if (!input->pasting)
        return next_key(input, final, key);
    key->pasted = true;
    if (first < 0x20 || first == 0x7f)
        return next_pasted(input, final, key);
    return next_character(input, final, key);
}

bool input_waits(const struct input *input)
{
    return input->len > 0;
}

void input_learn(struct input *input, const char *(*lookup)(const char *capability))
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const char *bytes = rows[i].capability ? lookup(rows[i].capability) : NULL;
        /* one byte is never a function key here: some descriptions give kent or kbs as plain bytes
         */
        if (!bytes || bytes[0] != '\033' || strlen(bytes) < 2 ||
            strlen(bytes) >= INPUT_SEQUENCE_MAX || input->learned_count == INPUT_LEARNED_MAX)
            continue;
        input->learned[input->learned_count].code = rows[i].code;
        memcpy(input->learned[input->learned_count].bytes, bytes, strlen(bytes) + 1);
        input->learned_count++;
    }
}

struct input_key input_named(const char *name)
{
    struct input_key key = {.code = INPUT_NOTHING};

    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strcmp(rows[i].name, name) == 0 && *name != '\0')
            key.code = rows[i].code;
    if (key.code == INPUT_NOTHING && name[0] != '\0' && name[1] == '\0') {
        key.code = INPUT_CHARACTER;
        key.character = (unsigned char)name[0];
    }
    return key;
}

/* Processors that take a text apart: URL, user agent, geo-IP, decoder. */
#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "pipeline/geo.h"
#include "pipeline/geo_database.h"
#include "pipeline/parse.h"
#include "pipeline/processor.h"
#include "pipeline/value_read.h"

/* The text of the first source; an array of one counts as its element. */
static bool source_text(const struct dl_processor *p, struct dl_run *run, struct dl_text *out)
{
    const struct dl_value *v = dl_first_source(p, run->log, &run->detail);

    if (dl_value_is(v, DL_VALUE_ARRAY) && v->of.list.count == 1)
        v = v->of.list.first->value;
    if (!dl_value_is_scalar(v))
        return false;
    *out = dl_value_print(run->log->arena, v);
    return out->len > 0;
}

static enum dl_outcome set(const struct dl_processor *p, struct dl_run *run, struct dl_value *v)
{
    if (!v)
        return DL_OUTCOME_INVALID;
    dl_set_attribute(run->log, p->target, v);
    return DL_OUTCOME_APPLIED;
}

enum dl_outcome dl_apply_url(const struct dl_processor *p, struct dl_run *run)
{
    struct dl_text text;

    if (!source_text(p, run, &text))
        return DL_OUTCOME_NO_SOURCE;
    if (p->normalize_slashes)
        while (text.len > 1 && text.at[text.len - 1] == '/' && text.at[text.len - 2] == '/')
            text.len--;
    return set(p, run, dl_url_read(run->log->arena, text));
}

enum dl_outcome dl_apply_user_agent(const struct dl_processor *p, struct dl_run *run)
{
    struct dl_text text;

    if (!source_text(p, run, &text))
        return DL_OUTCOME_NO_SOURCE;
    if (p->encoded)
        text = dl_percent_decode(run->log->arena, text, true);
    return set(p, run, dl_useragent_read(run->log->arena, text));
}

/* Adds to the source that was read where the place is from. */
static void say_database(struct dl_run *run, bool stub)
{
    struct dl_text kind = dl_geo_kind(), said;

    if (stub)
        kind = DL_TEXT("the stub of Datadog's tests, no database");
    said.at = dl_arena_format(run->log->arena, &said.len, "%.*s, by %.*s", (int)run->detail.len,
                              run->detail.at, (int)kind.len, kind.at);
    if (said.at)
        run->detail = said;
}

enum dl_outcome dl_apply_geo_ip(const struct dl_processor *p, struct dl_run *run)
{
    bool stub = run->log->test_mode || !dl_geo_is_loaded();
    struct dl_text text;

    if (!source_text(p, run, &text))
        return DL_OUTCOME_NO_SOURCE;
    say_database(run, stub);
    return set(p, run, dl_geo_read(run->log->arena, text, stub));
}

/* ---- decoder ---- */

static int digit(char c, bool hexadecimal)
{
    if (hexadecimal) {
        if (c >= '0' && c <= '9')
            return c - '0';
        return (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
    }
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Bytes of base64 or base16; an end that is cut is left out. */
static bool decode(struct dl_arena *arena, struct dl_text text, bool hexadecimal,
                   struct dl_text *out)
{
    unsigned bits = hexadecimal ? 4 : 6, have = 0;
    uint32_t held = 0;
    char *bytes = dl_arena_take(arena, text.len + 1);
    size_t n = 0;

    while (text.len && text.at[text.len - 1] == '=')
        text.len--;
    for (size_t i = 0; bytes && i < text.len; i++) {
        int value = digit(text.at[i], hexadecimal);

        if (value < 0)
            return false;
        held = held << bits | (uint32_t)value;
        have += bits;
        if (have >= 8) {
            have -= 8;
            bytes[n++] = (char)(held >> have);
            held &= (1u << have) - 1;
        }
    }
    *out = (struct dl_text){bytes ? bytes : "", n};
    return bytes && n > 0;
}

enum dl_outcome dl_apply_decoder(const struct dl_processor *p, struct dl_run *run)
{
    struct dl_text text, bytes;
    uint64_t number = 0;

    if (!source_text(p, run, &text))
        return DL_OUTCOME_NO_SOURCE;
    dl_text_trim(&text.at, &text.len);
    if (!decode(run->log->arena, text, p->hexadecimal, &bytes))
        return DL_OUTCOME_INVALID;
    if (!p->integer)
        return dl_utf8_valid(bytes.at, bytes.len, NULL)
                   ? set(p, run, dl_value_text(run->log->arena, bytes.at, bytes.len))
                   : DL_OUTCOME_INVALID;
    if (bytes.len > 8)
        return DL_OUTCOME_INVALID;
    for (size_t i = 0; i < bytes.len; i++)
        number = number << 8 | (unsigned char)bytes.at[i];
    return set(p, run, dl_value_integer(run->log->arena, (int64_t)number));
}

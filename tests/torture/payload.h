/* The logs of the torture: numbered, and each made of its number alone, so that what arrives can be
 * held against what must have been sent without keeping it. */
#ifndef TORTURE_PAYLOAD_H
#define TORTURE_PAYLOAD_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PAYLOAD_MAX 640

static inline uint64_t payload_hash(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static inline bool payload_is_json(uint64_t number)
{
    return number % 3 == 0;
}

/* One line without its newline, as it is sent; or, with `arrived`, the part of the log that must
 * stand in the record of what arrived. Returns its length. */
static inline size_t payload_write(char to[PAYLOAD_MAX], uint64_t number, bool arrived)
{
    static const char words[] = "tar pitch resin amber jet coal peat lignite shale bitumen ";
    uint64_t hash = payload_hash(number);
    char pad[256];
    size_t length = hash % 200;
    int n;

    for (size_t i = 0; i < length; i++)
        pad[i] = words[(hash % 50 + i) % (sizeof words - 1)];
    pad[length] = '\0';
    if (payload_is_json(number))
        n = snprintf(to, PAYLOAD_MAX,
                     "%s\"id\":%" PRIu64 ",\"check\":\"%016" PRIx64 "\",\"pad\":\"%s\"%s",
                     arrived ? "" : "{", number, hash, pad, arrived ? "" : "}");
    else
        n = snprintf(to, PAYLOAD_MAX, "%sid=%" PRIu64 " check=%016" PRIx64 " %s%s%s",
                     arrived ? "\"message\":\"" : "", number, hash,
                     arrived ? "\\\"a\\\\b\\\" " : "\"a\\b\" ", pad, arrived ? "\"" : "");
    return (size_t)n;
}

#endif

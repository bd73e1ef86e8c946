/* Any bytes as the cursor and a segment of a spool: nothing stops an open, reading ends, the counts
 * add up. First byte: what the rest is; its sums are put right, so that what is behind them is met
 * too. */
#include <stdlib.h>
#include <unistd.h>

#include "fuzz.h"
#include "spool/crc32c.h"
#include "spool/cursor.h"
#include "spool/entry.h"
#include "spool/inspect.h"
#include "spool/sim.h"
#include "spool/spool.h"

enum { CURSOR = 1, SEALED = 2, SECOND = 4 };

static char folder[] = "/tmp/ddlogs-fuzz-XXXXXX";

static void remove_folder(void)
{
    rmdir(folder);
}

static void seal(unsigned char *to, const char *magic, size_t size)
{
    memcpy(to, magic, 4);
    dl_put32(to + 4, dl_crc32c(0, to + 8, size - 8));
}

static void seal_segment(unsigned char *bytes, size_t size)
{
    size_t at = DL_SEGMENT_HEADER;

    if (size >= DL_SEGMENT_HEADER)
        seal(bytes, "DLsg", DL_SEGMENT_HEADER);
    while (at + DL_ENTRY_HEADER <= size) {
        uint32_t length = dl_get32(bytes + at + 12) % 64;
        size_t left = size - at - DL_ENTRY_HEADER;

        dl_put32(bytes + at + 12, length);
        if (length <= left)
            dl_put32(bytes + at + 8, dl_crc32c(0, bytes + at + DL_ENTRY_HEADER, length));
        seal(bytes + at, DL_ENTRY_MAGIC, DL_ENTRY_HEADER);
        at += DL_ENTRY_HEADER + length;
    }
}

static void put(struct sim *sim, const uint8_t *data, size_t size, int what)
{
    size_t room = what & CURSOR ? DL_CURSOR_FILE : size;
    unsigned char *bytes = calloc(1, room + 1);

    EXPECT(bytes != NULL);
    memcpy(bytes, data, size < room ? size : room);
    if (what & CURSOR) {
        if (what & SEALED)
            for (int i = 0; i < 2; i++)
                seal(bytes + (size_t)i * DL_CURSOR_SLOT, "DLcu", DL_CURSOR_SLOT);
        sim_put(sim, DL_CURSOR_NAME, bytes, room);
    } else {
        if (what & SEALED)
            seal_segment(bytes, size);
        sim_put(sim, what & SECOND ? "0000000000000002.seg" : "0000000000000001.seg", bytes, room);
    }
    free(bytes);
}

static void check(struct dl_spool *spool)
{
    struct dl_spool_counts c;

    dl_spool_counts(spool, &c);
    EXPECT(c.accepted == c.delivered + c.pending + c.quarantined + c.damaged + c.discarded);
    EXPECT(c.pending <= c.accepted);
}

static void live(struct dl_spool *spool)
{
    struct dl_spool_entry entry = {.count = 2, .body = "[1]", .length = 3};
    struct dl_buffer body;
    bool ours = false;
    int rc = dl_spool_append(spool, &entry, NULL);

    EXPECT(rc == 0 && dl_spool_sync(spool, NULL) == 0);
    dl_buffer_init(&body, DL_SPOOL_BODY_MAX);
    for (int i = 0; (rc = dl_spool_next(spool, &entry, &body, NULL)) == 1; i++) {
        EXPECT(i < 100000);
        check(spool);
        ours = strcmp(entry.body, "[1]") == 0; /* the last one is what was appended here */
        dl_spool_settle(spool, entry.first, entry.count, DL_SPOOL_DELIVERED);
    }
    EXPECT(rc == 0 && ours);
    check(spool);
    dl_buffer_free(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool made;
    struct dl_spool_counts c;
    struct dl_spool_options options = {0};
    struct dl_spool *spool;
    struct sim *sim = sim_new(1);
    size_t half;
    int rc;

    if (!made)
        EXPECT(mkdtemp(folder) != NULL && atexit(remove_folder) == 0);
    made = true;
    options.disk = sim_disk(sim);
    if (size > 0) {
        half = data[0] & 8 ? (size - 1) / 2 : 0;
        put(sim, data + 1, size - 1 - half, data[0]);
        if (half)
            put(sim, data + size - half, half, data[0] ^ CURSOR);
    }
    (void)dl_spool_verify_on(&c, folder, options.disk, NULL, NULL, NULL);
    rc = dl_spool_open(&spool, folder, &options, NULL);
    EXPECT(rc == 0 || rc == -DL_E_SPOOL_NEWER);
    if (rc == 0) {
        live(spool);
        dl_spool_close(spool);
        EXPECT(dl_spool_verify_on(&c, folder, options.disk, NULL, NULL, NULL) >= 0);
        EXPECT(c.pending == 0);
    }
    sim_free(sim);
    return 0;
}

#include "spool/sim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES 400
#define FILES 64
#define FD 1000

struct content {
    unsigned char *bytes;
    size_t size, room;
};

/* A write that is not on the disk yet; length 0 with `cut`: a truncation to `offset`. */
struct pending {
    size_t offset, length;
    unsigned char *bytes;
    bool cut;
};

struct node {
    struct content now, disk;
    struct pending *pending;
    size_t pending_count, pending_room;
    bool odd;
    unsigned links; /* names and descriptors */
};

struct name {
    char text[96];
    struct node *node; /* NULL: free */
};

/* A change of the folder that is not on the disk yet. */
struct change {
    char from[96], to[96]; /* from "": created as `to`; to "": removed */
    struct node *node;
};

struct sim {
    struct dl_disk disk;
    uint64_t chance;
    struct name names[NAMES], durable[NAMES];
    struct change *changes;
    size_t change_count, change_room;
    struct node *fds[FILES];
    unsigned long calls, fail_at;
    int fail_number;
    bool fail_forever, stop, stopped;
    unsigned fail_often;
    uint64_t limit;
};

uint64_t sim_below(struct sim *sim, uint64_t n)
{
    sim->chance ^= sim->chance << 13;
    sim->chance ^= sim->chance >> 7;
    sim->chance ^= sim->chance << 17;
    return n ? (sim->chance >> 11) % n : 0;
}

/* ---- contents ---- */

static void grow(struct content *c, size_t size)
{
    if (size > c->room) {
        size_t room = size * 2;

        c->bytes = realloc(c->bytes, room);
        if (!c->bytes)
            abort();
        c->room = room;
    }
    if (size > c->size) {
        memset(c->bytes + c->size, 0, size - c->size);
        c->size = size;
    }
}

static void store(struct content *c, size_t offset, const void *bytes, size_t length)
{
    grow(c, offset + length);
    if (length)
        memcpy(c->bytes + offset, bytes, length);
}

static void forget(struct node *node)
{
    for (size_t i = 0; i < node->pending_count; i++)
        free(node->pending[i].bytes);
    node->pending_count = 0;
}

static void unlink_node(struct node *node)
{
    if (!node || --node->links)
        return;
    forget(node);
    free(node->pending);
    free(node->now.bytes);
    free(node->disk.bytes);
    free(node);
}

static struct node *hold(struct node *node)
{
    node->links++;
    return node;
}

static void later(struct node *node, size_t offset, const void *bytes, size_t length, bool cut)
{
    struct pending *p;

    if (node->pending_count == node->pending_room) {
        node->pending_room = node->pending_room * 2 + 8;
        node->pending = realloc(node->pending, node->pending_room * sizeof *node->pending);
        if (!node->pending)
            abort();
    }
    p = &node->pending[node->pending_count++];
    *p = (struct pending){.offset = offset, .length = length, .cut = cut};
    p->bytes = malloc(length + 1);
    if (!p->bytes)
        abort();
    if (length)
        memcpy(p->bytes, bytes, length);
}

static void settle(struct node *node, const struct pending *p)
{
    if (p->cut && p->offset < node->disk.size)
        node->disk.size = p->offset;
    else if (p->cut)
        grow(&node->disk, p->offset);
    else
        store(&node->disk, p->offset, p->bytes, p->length);
}

/* Some sectors of a write reach the disk, others do not. */
static void settle_torn(struct sim *sim, struct node *node, const struct pending *p)
{
    size_t sector = sim_below(sim, 2) ? 512 : 4096, at = p->offset, end = p->offset + p->length;
    uint64_t share = sim_below(sim, 5); /* of 4: none ... all */

    if (p->cut) {
        if (sim_below(sim, 2))
            settle(node, p);
        return;
    }
    while (at < end) {
        size_t next = (at / sector + 1) * sector;

        if (next > end)
            next = end;
        if (sim_below(sim, 4) < share)
            store(&node->disk, at, p->bytes + (at - p->offset), next - at);
        at = next;
    }
}

static void make_durable(struct sim *sim, struct node *node, bool torn)
{
    for (size_t i = 0; i < node->pending_count; i++) {
        if (torn)
            settle_torn(sim, node, &node->pending[i]);
        else
            settle(node, &node->pending[i]);
    }
    forget(node);
}

/* ---- names ---- */

static struct name *find(struct name *names, const char *text)
{
    for (size_t i = 0; i < NAMES; i++)
        if (names[i].node && strcmp(names[i].text, text) == 0)
            return &names[i];
    return NULL;
}

static void drop(struct name *names, const char *text)
{
    struct name *name = find(names, text);

    if (!name)
        return;
    unlink_node(name->node);
    name->node = NULL;
}

static void set(struct name *names, const char *text, struct node *node)
{
    hold(node);
    drop(names, text);
    for (size_t i = 0; i < NAMES; i++) {
        if (names[i].node)
            continue;
        snprintf(names[i].text, sizeof names[i].text, "%s", text);
        names[i].node = node;
        return;
    }
    abort();
}

static void apply(struct name *names, const struct change *change)
{
    if (*change->from && !find(names, change->from))
        return;
    if (*change->to)
        set(names, change->to, change->node);
    if (*change->from)
        drop(names, change->from);
}

static void note(struct sim *sim, const char *from, const char *to, struct node *node)
{
    struct change *change;

    if (sim->change_count == sim->change_room) {
        sim->change_room = sim->change_room * 2 + 8;
        sim->changes = realloc(sim->changes, sim->change_room * sizeof *sim->changes);
        if (!sim->changes)
            abort();
    }
    change = &sim->changes[sim->change_count++];
    snprintf(change->from, sizeof change->from, "%s", from);
    snprintf(change->to, sizeof change->to, "%s", to);
    change->node = hold(node);
    apply(sim->names, change);
}

/* all, or some by chance */
static void settle_folder(struct sim *sim, bool torn)
{
    for (size_t i = 0; i < sim->change_count; i++) {
        if (!torn || sim_below(sim, 2))
            apply(sim->durable, &sim->changes[i]);
        unlink_node(sim->changes[i].node);
    }
    sim->change_count = 0;
}

/* ---- faults ---- */

enum fault { FAULT_NONE, FAULT_ERROR, FAULT_SHORT, FAULT_DEAD, FAULT_DYING };

static enum fault often(struct sim *sim)
{
    static const int numbers[] = {EIO, ENOSPC, EINTR, EDQUOT, 0};

    if (!sim->fail_often || sim_below(sim, 1000) >= sim->fail_often)
        return FAULT_NONE;
    errno = numbers[sim_below(sim, 5)];
    return errno ? FAULT_ERROR : FAULT_SHORT;
}

static enum fault fault(struct sim *sim)
{
    if (sim->stopped) {
        errno = EIO;
        return FAULT_DEAD;
    }
    sim->calls++;
    if (!sim->fail_at)
        return often(sim);
    if (sim->calls < sim->fail_at || (sim->calls > sim->fail_at && !sim->fail_forever))
        return FAULT_NONE;
    if (sim->stop) {
        sim->stopped = true;
        errno = EIO;
        return FAULT_DYING;
    }
    if (sim->fail_number == 0)
        return FAULT_SHORT;
    /* a call that is interrupted for ever is no world to live in */
    if (sim->fail_number == EINTR && sim->calls > sim->fail_at)
        return FAULT_NONE;
    errno = sim->fail_number;
    return FAULT_ERROR;
}

static bool refused(struct sim *sim)
{
    enum fault f = fault(sim);

    return f == FAULT_ERROR || f == FAULT_DEAD || f == FAULT_DYING;
}

/* ---- the calls ---- */

static int sim_open(void *context, int folder, const char *text, int flags)
{
    struct sim *sim = context;
    struct name *name;
    struct node *node;
    int fd = 0;

    (void)folder;
    if (refused(sim))
        return -1;
    name = find(sim->names, text);
    if (name && (flags & O_EXCL)) {
        errno = EEXIST;
        return -1;
    }
    if (!name && !(flags & O_CREAT)) {
        errno = ENOENT;
        return -1;
    }
    if (name && name->node->odd) {
        errno = EISDIR;
        return -1;
    }
    while (fd < FILES && sim->fds[fd])
        fd++;
    if (fd == FILES)
        abort(); /* descriptors leak */
    node = name ? name->node : calloc(1, sizeof *node);
    if (!node)
        abort();
    if (!name)
        note(sim, "", text, node);
    sim->fds[fd] = hold(node);
    return fd + FD;
}

static ssize_t sim_pread(void *context, int fd, void *to, size_t length, off_t offset)
{
    struct sim *sim = context;
    const struct content *c = &sim->fds[fd - FD]->now;
    enum fault f = fault(sim);
    size_t at = (size_t)offset;

    if (f != FAULT_NONE && f != FAULT_SHORT)
        return -1;
    if (at >= c->size)
        return 0;
    if (length > c->size - at)
        length = c->size - at;
    if (f == FAULT_SHORT && length > 1)
        length /= 2;
    memcpy(to, c->bytes + at, length);
    return (ssize_t)length;
}

static ssize_t sim_pwrite(void *context, int fd, const void *from, size_t length, off_t offset)
{
    struct sim *sim = context;
    struct node *node = sim->fds[fd - FD];
    enum fault f = fault(sim);
    size_t at = (size_t)offset, more = 0;
    int number = errno;

    if (f == FAULT_ERROR || f == FAULT_DEAD)
        return -1;
    if (f == FAULT_SHORT && length > 1)
        length /= 2;
    if (f == FAULT_DYING)
        length = sim_below(sim, length + 1);
    if (at + length > node->now.size)
        more = at + length - node->now.size;
    if (sim->limit && more && sim_total(sim) + more > sim->limit) {
        uint64_t left = sim->limit > sim_total(sim) ? sim->limit - sim_total(sim) : 0;

        length = length - more + left;
        if (length == 0 || length > SIZE_MAX / 2) {
            errno = ENOSPC;
            return -1;
        }
    }
    store(&node->now, at, from, length);
    later(node, at, from, length, false);
    errno = number;
    return f == FAULT_DYING ? -1 : (ssize_t)length;
}

static int sim_fdatasync(void *context, int fd)
{
    struct sim *sim = context;
    enum fault f = fault(sim);

    if (f == FAULT_DEAD || f == FAULT_DYING)
        return -1;
    /* an error may mean that some of it is on the disk, and no later sync says more */
    make_durable(sim, sim->fds[fd - FD], f == FAULT_ERROR);
    return f == FAULT_ERROR ? -1 : 0;
}

static int sim_ftruncate(void *context, int fd, off_t length)
{
    struct sim *sim = context;
    struct node *node = sim->fds[fd - FD];

    if (refused(sim))
        return -1;
    if ((size_t)length < node->now.size)
        node->now.size = (size_t)length;
    else
        grow(&node->now, (size_t)length);
    later(node, (size_t)length, "", 0, true);
    return 0;
}

static int sim_unlink(void *context, int folder, const char *text)
{
    struct sim *sim = context;
    struct name *name;

    (void)folder;
    if (refused(sim))
        return -1;
    name = find(sim->names, text);
    if (!name || name->node->odd) {
        errno = name ? EISDIR : ENOENT;
        return -1;
    }
    note(sim, text, "", name->node);
    return 0;
}

static int sim_rename(void *context, int folder, const char *from, const char *to)
{
    struct sim *sim = context;
    struct name *name, *other;

    (void)folder;
    if (refused(sim))
        return -1;
    name = find(sim->names, from);
    other = find(sim->names, to);
    if (!name || (other && other->node->odd != name->node->odd)) {
        errno = name ? EISDIR : ENOENT;
        return -1;
    }
    note(sim, from, to, name->node);
    return 0;
}

static int sim_sync_folder(void *context, int folder)
{
    struct sim *sim = context;
    enum fault f = fault(sim);

    (void)folder;
    if (f == FAULT_DEAD || f == FAULT_DYING)
        return -1;
    settle_folder(sim, f == FAULT_ERROR);
    return f == FAULT_ERROR ? -1 : 0;
}

static int sim_close(void *context, int fd)
{
    struct sim *sim = context;

    unlink_node(sim->fds[fd - FD]);
    sim->fds[fd - FD] = NULL;
    return 0;
}

static int sim_list(void *context, int folder, void (*each)(void *to, const char *name, off_t size),
                    void *to)
{
    struct sim *sim = context;

    (void)folder;
    if (refused(sim))
        return -1;
    for (size_t i = 0; i < NAMES; i++) {
        const struct node *node = sim->names[i].node;

        if (node)
            each(to, sim->names[i].text, node->odd ? -1 : (off_t)node->now.size);
    }
    return 0;
}

/* ---- from outside ---- */

struct sim *sim_new(uint64_t seed)
{
    struct sim *sim = calloc(1, sizeof *sim);

    if (!sim)
        abort();
    sim->chance = seed * 0x9e3779b97f4a7c15u + 0x1234567;
    sim->disk = (struct dl_disk){
        .open = sim_open,
        .pread = sim_pread,
        .pwrite = sim_pwrite,
        .fdatasync = sim_fdatasync,
        .ftruncate = sim_ftruncate,
        .unlink = sim_unlink,
        .rename = sim_rename,
        .sync_folder = sim_sync_folder,
        .close = sim_close,
        .list = sim_list,
        .context = sim,
    };
    return sim;
}

void sim_free(struct sim *sim)
{
    settle_folder(sim, false);
    for (size_t i = 0; i < NAMES; i++) {
        unlink_node(sim->names[i].node);
        unlink_node(sim->durable[i].node);
    }
    for (size_t i = 0; i < FILES; i++)
        unlink_node(sim->fds[i]);
    free(sim->changes);
    free(sim);
}

struct sim *sim_copy(const struct sim *from)
{
    struct sim *sim = sim_new(1);

    sim->chance = from->chance;
    for (size_t i = 0; i < NAMES; i++) {
        const struct name *name = &from->names[i];

        if (name->node && name->node->odd)
            sim_put_odd(sim, name->text);
        else if (name->node)
            sim_put(sim, name->text, name->node->now.bytes, name->node->now.size);
    }
    return sim;
}

const struct dl_disk *sim_disk(struct sim *sim)
{
    return &sim->disk;
}

unsigned long sim_calls(const struct sim *sim)
{
    return sim->calls;
}

void sim_fail(struct sim *sim, unsigned long n, int number, bool forever)
{
    sim->calls = 0;
    sim->fail_at = n;
    sim->fail_number = number;
    sim->fail_forever = forever;
    sim->stop = sim->stopped = false;
}

void sim_fail_often(struct sim *sim, unsigned per_mille)
{
    sim->fail_often = per_mille;
}

void sim_stop(struct sim *sim, unsigned long n)
{
    sim_fail(sim, n, EIO, true);
    sim->stop = true;
}

bool sim_stopped(const struct sim *sim)
{
    return sim->stopped;
}

void sim_limit(struct sim *sim, uint64_t bytes)
{
    sim->limit = bytes;
}

void sim_restart(struct sim *sim)
{
    for (size_t i = 0; i < FILES; i++)
        if (sim->fds[i])
            sim_close(sim, (int)i + FD);
    sim_fail(sim, 0, 0, false);
    sim->fail_often = 0;
}

void sim_power_cut(struct sim *sim)
{
    sim_restart(sim);
    for (size_t i = 0; i < NAMES; i++)
        if (sim->names[i].node)
            make_durable(sim, sim->names[i].node, true);
    settle_folder(sim, true);
    for (size_t i = 0; i < NAMES; i++)
        if (sim->durable[i].node)
            make_durable(sim, sim->durable[i].node, true);
    for (size_t i = 0; i < NAMES; i++) {
        struct node *node = sim->durable[i].node;

        if (sim->names[i].node)
            drop(sim->names, sim->names[i].text);
        if (!node)
            continue;
        node->now.size = 0;
        store(&node->now, 0, node->disk.bytes, node->disk.size);
    }
    for (size_t i = 0; i < NAMES; i++)
        if (sim->durable[i].node)
            set(sim->names, sim->durable[i].text, sim->durable[i].node);
}

const char *sim_name(const struct sim *sim, size_t i)
{
    for (size_t j = 0; j < NAMES; j++)
        if (sim->names[j].node && i-- == 0)
            return sim->names[j].text;
    return NULL;
}

static struct node *node_of(const struct sim *sim, const char *name)
{
    const struct name *found = find((struct name *)(uintptr_t)sim->names, name);

    return found ? found->node : NULL;
}

bool sim_exists(const struct sim *sim, const char *name)
{
    return node_of(sim, name) != NULL;
}

size_t sim_size(const struct sim *sim, const char *name)
{
    const struct node *node = node_of(sim, name);

    return node ? node->now.size : 0;
}

unsigned char *sim_bytes(struct sim *sim, const char *name)
{
    struct node *node = node_of(sim, name);

    return node ? node->now.bytes : NULL;
}

void sim_cut(struct sim *sim, const char *name, size_t size)
{
    struct node *node = node_of(sim, name);

    if (node && size < node->now.size)
        node->now.size = size;
}

void sim_put(struct sim *sim, const char *name, const void *bytes, size_t size)
{
    struct node *node = calloc(1, sizeof *node);

    if (!node)
        abort();
    note(sim, "", name, node);
    store(&node->now, 0, bytes, size);
    later(node, 0, bytes, size, false);
    make_durable(sim, node, false);
    settle_folder(sim, false);
}

void sim_remove(struct sim *sim, const char *name)
{
    struct node *node = node_of(sim, name);

    if (node)
        note(sim, name, "", node);
    settle_folder(sim, false);
}

void sim_put_odd(struct sim *sim, const char *name)
{
    sim_put(sim, name, "", 0);
    node_of(sim, name)->odd = true;
}

uint64_t sim_total(const struct sim *sim)
{
    uint64_t total = 0;

    for (size_t i = 0; i < NAMES; i++)
        if (sim->names[i].node)
            total += sim->names[i].node->now.size;
    return total;
}

size_t sim_open_files(const struct sim *sim)
{
    size_t count = 0;

    for (size_t i = 0; i < FILES; i++)
        count += sim->fds[i] != NULL;
    return count;
}

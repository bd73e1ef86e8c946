#include "memory_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES = 64, FDS = 64, WRITES = 4096, NAME = 40, PIECE = 512 };

struct bytes {
    unsigned char *data;
    size_t len;
};

struct inode {
    bool used;
    struct bytes seen, kept;
    struct {
        size_t from, to;
    } writes[WRITES]; /* since the last sync */
    size_t write_count;
};

struct entry {
    char name[NAME];
    int inode; /* -1: none */
};

struct folder {
    struct entry entries[FILES];
};

static struct inode inodes[FILES];
static struct folder seen, kept;
static struct {
    bool used;
    int inode;
} fds[FDS];
unsigned long memory_calls;
static enum memory_fault fault;
static unsigned long fault_at;
static int fault_error;

static void set_bytes(struct bytes *b, const void *data, size_t len)
{
    unsigned char *copy = malloc(len + 1);

    if (!copy)
        abort();
    if (len)
        memcpy(copy, data, len);
    free(b->data);
    *b = (struct bytes){copy, len};
}

static void grow(struct bytes *b, size_t len)
{
    b->data = realloc(b->data, len + 1);
    if (!b->data)
        abort();
    if (len > b->len)
        memset(b->data + b->len, 0, len - b->len);
    b->len = len;
}

/* True: this call fails, and errno says how. */
static bool fails(void)
{
    memory_calls++;
    if (fault == FAULT_NONE || fault == FAULT_SHORT || memory_calls < fault_at)
        return false;
    if (fault == FAULT_ONCE && memory_calls > fault_at)
        return false;
    errno = fault_error;
    return true;
}

static size_t shortened(size_t length)
{
    return fault == FAULT_SHORT && memory_calls == fault_at && length > 1 ? 1 : length;
}

static struct entry *find(struct folder *f, const char *name)
{
    for (int i = 0; i < FILES; i++)
        if (f->entries[i].inode >= 0 && strcmp(f->entries[i].name, name) == 0)
            return &f->entries[i];
    return NULL;
}

static void link_name(struct folder *f, const char *name, int inode)
{
    struct entry *e = find(f, name);

    for (int i = 0; !e && i < FILES; i++)
        if (f->entries[i].inode < 0)
            e = &f->entries[i];
    if (!e)
        abort();
    snprintf(e->name, sizeof e->name, "%s", name);
    e->inode = inode;
}

static int new_inode(void)
{
    for (int i = 0; i < FILES; i++) {
        bool linked = false;

        for (int k = 0; k < FILES; k++)
            linked |= seen.entries[k].inode == i || kept.entries[k].inode == i;
        for (int k = 0; k < FDS; k++)
            linked |= fds[k].used && fds[k].inode == i;
        if (linked)
            continue;
        free(inodes[i].seen.data);
        free(inodes[i].kept.data);
        memset(&inodes[i], 0, sizeof inodes[i]);
        inodes[i].used = true;
        return i;
    }
    abort();
}

static int m_open(void *context, int folder, const char *name, int flags)
{
    struct entry *e = find(&seen, name);

    (void)context;
    (void)folder;
    if (fails())
        return -1;
    if (e && (flags & O_EXCL)) {
        errno = EEXIST;
        return -1;
    }
    if (!e && !(flags & O_CREAT)) {
        errno = ENOENT;
        return -1;
    }
    if (!e) {
        link_name(&seen, name, new_inode());
        e = find(&seen, name);
    }
    for (int i = 0; i < FDS; i++)
        if (!fds[i].used) {
            fds[i].used = true;
            fds[i].inode = e->inode;
            return 1000 + i;
        }
    errno = EMFILE;
    return -1;
}

static struct inode *of(int fd)
{
    return &inodes[fds[fd - 1000].inode];
}

static ssize_t m_pread(void *context, int fd, void *to, size_t length, off_t offset)
{
    const struct bytes *b = &of(fd)->seen;
    size_t from = (size_t)offset, n;

    (void)context;
    if (fails())
        return -1;
    n = from >= b->len ? 0 : b->len - from < length ? b->len - from : length;
    n = shortened(n);
    if (n)
        memcpy(to, b->data + from, n);
    return (ssize_t)n;
}

static ssize_t m_pwrite(void *context, int fd, const void *from, size_t length, off_t offset)
{
    struct inode *inode = of(fd);
    size_t at = (size_t)offset;

    (void)context;
    if (fails())
        return -1;
    length = shortened(length);
    if (at + length > inode->seen.len)
        grow(&inode->seen, at + length);
    memcpy(inode->seen.data + at, from, length);
    if (inode->write_count == WRITES)
        abort();
    inode->writes[inode->write_count].from = at;
    inode->writes[inode->write_count++].to = at + length;
    return (ssize_t)length;
}

static int m_fdatasync(void *context, int fd)
{
    struct inode *inode = of(fd);

    (void)context;
    if (fails())
        return -1;
    set_bytes(&inode->kept, inode->seen.data, inode->seen.len);
    inode->write_count = 0;
    return 0;
}

static int m_ftruncate(void *context, int fd, off_t length)
{
    (void)context;
    if (fails())
        return -1;
    grow(&of(fd)->seen, (size_t)length);
    return 0;
}

static int m_unlink(void *context, int folder, const char *name)
{
    struct entry *e = find(&seen, name);

    (void)context;
    (void)folder;
    if (fails())
        return -1;
    if (!e) {
        errno = ENOENT;
        return -1;
    }
    e->inode = -1;
    return 0;
}

static int m_rename(void *context, int folder, const char *from, const char *to)
{
    struct entry *e = find(&seen, from);
    int inode;

    (void)context;
    (void)folder;
    if (fails())
        return -1;
    if (!e) {
        errno = ENOENT;
        return -1;
    }
    inode = e->inode;
    e->inode = -1;
    link_name(&seen, to, inode);
    return 0;
}

static int m_sync_folder(void *context, int folder)
{
    (void)context;
    (void)folder;
    if (fails())
        return -1;
    kept = seen;
    return 0;
}

static int m_close(void *context, int fd)
{
    (void)context;
    fds[fd - 1000].used = false;
    return 0;
}

static int m_list(void *context, int folder, void (*each)(void *to, const char *name, off_t size),
                  void *to)
{
    (void)context;
    (void)folder;
    if (fails())
        return -1;
    for (int i = 0; i < FILES; i++)
        if (seen.entries[i].inode >= 0)
            each(to, seen.entries[i].name, (off_t)inodes[seen.entries[i].inode].seen.len);
    return 0;
}

const struct dl_disk memory_disk = {.open = m_open,
                                    .pread = m_pread,
                                    .pwrite = m_pwrite,
                                    .fdatasync = m_fdatasync,
                                    .ftruncate = m_ftruncate,
                                    .unlink = m_unlink,
                                    .rename = m_rename,
                                    .sync_folder = m_sync_folder,
                                    .close = m_close,
                                    .list = m_list};

void memory_disk_clear(void)
{
    for (int i = 0; i < FILES; i++) {
        free(inodes[i].seen.data);
        free(inodes[i].kept.data);
        seen.entries[i].inode = kept.entries[i].inode = -1;
    }
    memset(inodes, 0, sizeof inodes);
    memory_disk_reopen();
    memory_calls = 0;
}

void memory_disk_fault(enum memory_fault kind, unsigned long at_call, int error)
{
    fault = kind == FAULT_STOPPED ? FAULT_EVER : kind;
    fault_at = at_call;
    fault_error = error;
}

void memory_disk_reopen(void)
{
    memset(fds, 0, sizeof fds);
    fault = FAULT_NONE;
}

static unsigned dice(unsigned *seed, unsigned sides)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % sides;
}

/* Each piece of each write since the last sync reached the disk or did not. */
static void cut_inode(struct inode *inode, unsigned *seed)
{
    struct bytes now = {NULL, 0};

    set_bytes(&now, inode->kept.data, inode->kept.len);
    for (size_t i = 0; i < inode->write_count; i++)
        for (size_t from = inode->writes[i].from, to; from < inode->writes[i].to; from = to) {
            to = (from / PIECE + 1) * PIECE;
            if (to > inode->writes[i].to)
                to = inode->writes[i].to;
            if (dice(seed, 2) || to > inode->seen.len)
                continue;
            if (to > now.len)
                grow(&now, to);
            memcpy(now.data + from, inode->seen.data + from, to - from);
        }
    free(inode->seen.data);
    inode->seen = now;
    set_bytes(&inode->kept, now.data, now.len);
    inode->write_count = 0;
}

/* Names made, taken away or changed since the folder's last sync: each as it was or as it is. */
static void cut_folder(unsigned *seed)
{
    struct folder now;

    for (int i = 0; i < FILES; i++)
        now.entries[i].inode = -1;
    for (int i = 0; i < FILES; i++) { /* what was there */
        struct entry *e = &kept.entries[i];
        struct entry *after = e->inode >= 0 ? find(&seen, e->name) : NULL;

        if (e->inode >= 0 && ((after && after->inode == e->inode) || dice(seed, 2)))
            link_name(&now, e->name, e->inode);
    }
    for (int i = 0; i < FILES; i++) { /* what is new */
        struct entry *e = &seen.entries[i];
        struct entry *before = e->inode >= 0 ? find(&kept, e->name) : NULL;

        if (e->inode >= 0 && !(before && before->inode == e->inode) && dice(seed, 2))
            link_name(&now, e->name, e->inode);
    }
    seen = kept = now;
}

void memory_disk_cut(unsigned *seed)
{
    for (int i = 0; i < FILES; i++)
        if (inodes[i].used)
            cut_inode(&inodes[i], seed);
    cut_folder(seed);
    memory_disk_reopen();
}

unsigned char *memory_disk_file(const char *name, size_t *length)
{
    struct entry *e = find(&seen, name);

    if (!e)
        return NULL;
    *length = inodes[e->inode].seen.len;
    return inodes[e->inode].seen.data;
}

void memory_disk_resize(const char *name, size_t length)
{
    grow(&inodes[find(&seen, name)->inode].seen, length);
}

const char *memory_disk_name(size_t i)
{
    for (int k = 0; k < FILES; k++)
        if (seen.entries[k].inode >= 0 && i-- == 0)
            return seen.entries[k].name;
    return NULL;
}

void memory_disk_swap(const char *a, const char *b)
{
    struct entry *x = find(&seen, a), *y = find(&seen, b);
    int inode = x->inode;

    x->inode = y->inode;
    y->inode = inode;
}

void memory_disk_make(const char *name, const void *data, size_t length)
{
    int inode = new_inode();

    link_name(&seen, name, inode);
    set_bytes(&inodes[inode].seen, data, length);
}

void memory_disk_copy(const char *from, const char *to)
{
    const struct bytes *b = &inodes[find(&seen, from)->inode].seen;

    memory_disk_make(to, b->data, b->len);
}

void memory_disk_delete(const char *name)
{
    find(&seen, name)->inode = -1;
}

struct memory_image {
    size_t count;
    struct {
        char name[NAME];
        struct bytes bytes;
    } files[FILES];
};

struct memory_image *memory_disk_save(void)
{
    struct memory_image *image = calloc(1, sizeof *image);

    if (!image)
        abort();
    for (int i = 0; i < FILES; i++) {
        if (seen.entries[i].inode < 0)
            continue;
        const struct bytes *b = &inodes[seen.entries[i].inode].seen;

        snprintf(image->files[image->count].name, NAME, "%s", seen.entries[i].name);
        set_bytes(&image->files[image->count++].bytes, b->data, b->len);
    }
    return image;
}

void memory_disk_restore(const struct memory_image *image)
{
    memory_disk_clear();
    for (size_t i = 0; i < image->count; i++)
        memory_disk_make(image->files[i].name, image->files[i].bytes.data,
                         image->files[i].bytes.len);
    kept = seen;
    for (int i = 0; i < FILES; i++)
        if (inodes[i].used)
            set_bytes(&inodes[i].kept, inodes[i].seen.data, inodes[i].seen.len);
}

void memory_image_free(struct memory_image *image)
{
    for (size_t i = 0; image && i < image->count; i++)
        free(image->files[i].bytes.data);
    free(image);
}

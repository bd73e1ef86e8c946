#include "secret/key_page.h"

#include <string.h>
#include <sys/mman.h>

void *dl_page_new(size_t size, bool *locked)
{
    void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED)
        return NULL;
    /* The kernel may be too old for one of these; a key that cannot be held at all helps nobody. */
    madvise(page, size, MADV_DONTDUMP);
    madvise(page, size, MADV_WIPEONFORK);
    /* mlock2 without flags is mlock, which sanitizers replace by nothing. */
    *locked = mlock2(page, size, 0) == 0;
    return page;
}

void dl_page_free(void *page, size_t size)
{
    if (!page)
        return;
    explicit_bzero(page, size);
    munmap(page, size);
}

#include <dlfcn.h>

#include "check/pack_module.h"

/* The system counts who opened it, so that asking again is cheap and nothing is kept here. */
const struct dl_archive_module *dl_archive_load(struct dl_error *err)
{
    void *handle = dlopen(DL_ARCHIVE_MODULE, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    const struct dl_archive_module *calls = handle ? dlsym(handle, "dl_archive_calls") : NULL;

    if (!calls) {
        const char *why = dlerror();

        dl_error_set(err, DL_E_REPORT_WRITE, "the part that packs files cannot be loaded: %s",
                     why ? why : DL_ARCHIVE_MODULE);
    }
    return calls;
}

#include "check/pack.h"

#include "check/pack_module.h"

int dl_archive_pack(const struct dl_archive_file *files, size_t count, int64_t made_ms,
                    struct dl_buffer *out, struct dl_error *err)
{
    const struct dl_archive_module *module = dl_archive_load(err);

    return module ? module->pack(files, count, made_ms, out, err) : -DL_E_REPORT_WRITE;
}

int dl_archive_unpack(int fd, size_t entry_max, dl_archive_look *look, void *context,
                      struct dl_error *err)
{
    const struct dl_archive_module *module = dl_archive_load(err);

    return module ? module->unpack(fd, entry_max, look, context, err) : -DL_E_REPORT_WRITE;
}

const char *dl_archive_library(void)
{
    struct dl_error unused = {0};
    const struct dl_archive_module *module = dl_archive_load(&unused);

    return module ? module->library() : "not loaded";
}

/* CRC-32C (Castagnoli), RFC 3720 appendix B.4: of the processor where it has it. */
#ifndef DL_SPOOL_CRC32C_H
#define DL_SPOOL_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Of data, going on from `before` (0 at the start). */
uint32_t dl_crc32c(uint32_t before, const void *data, size_t length);

/* The same by tables, for processors without it and for the test. */
uint32_t dl_crc32c_plain(uint32_t before, const void *data, size_t length);

#endif

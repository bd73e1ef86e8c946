# Samples of `perf script -F comm,ip,sym,dso` to the share of each part of a delivery, on one line:
#
#     read record compress send spool other
#
# A system call's time goes where the call belongs; a page fault's to the code that met it. memcpy
# and memchr, whose caller is not known, are "other".
function part_of(sym, dso, kernel) {
  if (kernel ~ /(ksys_read|sys_pread|sys_readv|sys_splice|sys_fadvise)/) return "read"
  if (kernel ~ /(sys_send|sys_recv|sys_poll|sys_epoll|sys_connect|sys_socket|sys_close|tcp_)/) return "send"
  if (kernel ~ /(sys_fdatasync|sys_fsync|sys_pwrite|sys_writev|ksys_write|sys_fallocate|sys_rename|sys_unlink|sys_open)/) return "spool"
  if (dso ~ /libisal|libzstd|libdeflate/ || sym ~ /^dl_compress/) return "compress"
  if (dso ~ /libcurl|libssl|libcrypto|libnghttp|libresolv/ || sym ~ /^dl_(http|delivery|verdict|backoff)/) return "send"
  if (sym ~ /^dl_(spool|segment|cursor|crc|disk)/ || sym ~ /crc32c/) return "spool"
  if (sym ~ /^(lines_|read_|dl_lines)/) return "read"
  if (dso ~ /ddlogs/) return "record"
  return "other"
}
function finish() {
  if (in_sample) { count[part_of(leaf, leaf_dso, kernel)]++; total++ }
  in_sample = 0; leaf = leaf_dso = kernel = ""
}
/^$/ { finish(); next }
/^[^ \t]/ { in_sample = 1; next }
{
  if ($NF ~ /kernel|\[k\]/ || $1 ~ /^ffffffff/) kernel = kernel " " $2
  else if (leaf == "" && leaf_dso == "") { leaf = $2; leaf_dso = $NF }
}
END {
  finish()
  if (!total) exit 1
  printf "%.4f %.4f %.4f %.4f %.4f %.4f\n", count["read"] / total, count["record"] / total, count["compress"] / total,
    count["send"] / total, count["spool"] / total, count["other"] / total
}

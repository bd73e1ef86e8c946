# What libddlogs.so shows to those who link it.

library() {
  echo "$BUILD/core/.libs/libddlogs.so"
}

@test "libddlogs.so defines ddlogs_ symbols alone" {
  [ -e "$(library)" ]
  run bash -c "nm -D --defined-only '$(library)' | awk '{print \$NF}' | grep -v '^ddlogs_'"
  [ -z "$output" ] || { echo "$output"; false; }
}

@test "every function of the header is in the library, and none besides" {
  diff <(grep -oE '\bddlogs_[a-z_]+\(' "$TOP/core/ddlogs.h" | tr -d '(' | sort -u) \
    <(nm -D --defined-only "$(library)" | awk '{print $NF}' | sort -u)
}

@test "libddlogs.so needs curl, cJSON and the compressors, nothing else" {
  run bash -c "readelf -d '$(library)' | grep NEEDED | grep -vE 'lib(curl|cjson|isal|deflate|zstd|c)\.so|ld-linux|lib(asan|ubsan|gcov|clang_rt).*'"
  [ -z "$output" ] || { echo "$output"; false; }
}

@test "the module of archives shows one name, and the program starts without libarchive" {
  run -0 bash -c "nm -D --defined-only '$BUILD/core/check/.libs/ddlogs-archive.so' | awk '{print \$NF}'"
  [ "$output" = dl_archive_calls ]
  run -0 bash -c "readelf -d '$BUILD/core/check/.libs/ddlogs-archive.so' | grep -c 'NEEDED.*libarchive'"
  run -0 ldd "$BUILD/tui/ddlogs"
  [[ $output == *libcurl* && $output != *libarchive* ]]
}

/* The one table of options and what the command line was parsed into. */
#ifndef DL_TUI_COMMAND_OPTION_H
#define DL_TUI_COMMAND_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum option_type { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER, OPTION_LIST };

#define OPTION_LIST_MAX 128

/* Values of a repeated option, in order; the strings are argv's. */
struct option_list {
    const char *items[OPTION_LIST_MAX];
    size_t count;
};

/* X(field, name, letter, type, argument, help): one row an option of any command. */
#define OPTION_TABLE(X)                                                                            \
    X(site, "site", 's', TEXT, "SITE", "Datadog site: id, name, or the address of your page")      \
    X(integration, "integration", 'i', TEXT, "NAME", "which installed integration")                \
    X(manifest, "manifest", 0, TEXT, "FILE", "integration manifest (for authors)")                 \
    X(config, "config", 'c', TEXT, "FILE", "configuration file")                                   \
    X(endpoint, "endpoint", 0, TEXT, "ORIGIN", "intake and API at this origin instead")            \
    X(api_endpoint, "api-endpoint", 0, TEXT, "ORIGIN", "API at this origin instead")               \
    X(connect_to, "connect-to", 0, TEXT, "HOST:PORT", "connect there; TLS checks the usual name")  \
    X(proxy, "proxy", 0, TEXT, "URL", "proxy, or none")                                            \
    X(ca_file, "ca-file", 0, TEXT, "FILE", "further CA certificates (PEM)")                        \
    X(encoding, "encoding", 0, TEXT, "NAME", "gzip, zstd or none")                                 \
    X(tags, "tag", 't', LIST, "KEY:VALUE", "custom tag; may be repeated")                          \
    X(tags_in, "tags-in", 0, TEXT, "PLACE", "attributes, ddtags or query")                         \
    X(env, "env", 0, TEXT, "NAME", "the tag env:NAME")                                             \
    X(version_tag, "version-tag", 0, TEXT, "TEXT", "the tag version:TEXT")                         \
    X(service, "service", 0, TEXT, "NAME", "one of the services of the manifest")                  \
    X(status, "status", 0, TEXT, "NAME", "status of text lines (info, error, ...)")                \
    X(follow, "follow", 'f', FLAG, "", "follow the files, through rotation")                       \
    X(from_start, "from-start", 0, FLAG, "", "followed files without a position: from the start")  \
    X(output, "output", 'o', TEXT, "FILE", "where the report goes")                                \
    X(positions, "positions", 0, TEXT, "FILE", "how far files were sent is kept there")            \
    X(multiline_start, "multiline-start", 0, TEXT, "REGEX",                                        \
      "lines that do not match join the last")                                                     \
    X(until_empty, "until-empty", 0, FLAG, "", "stay until everything is delivered")               \
    X(preview, "preview", 0, FLAG, "", "print the logs as they would be sent, send nothing")       \
    X(stats, "stats", 0, NUMBER, "SECONDS", "a line of figures so often, on standard error")       \
    X(metrics, "metrics", 0, TEXT, "FILE", "Prometheus text for a node exporter, every 15 s")      \
    X(api_key, "api-key", 0, TEXT, "-", "read the API key from standard input")                    \
    X(api_key_fd, "api-key-fd", 0, NUMBER, "N", "read the API key from descriptor N")              \
    X(key_store, "key-store", 0, TEXT, "PLACE",                                                    \
      "keyring, credential, file, fd, environment or session")                                     \
    X(key_name, "key-name", 0, TEXT, "NAME", "credential name, file path or descriptor number")    \
    X(spool, "spool", 0, TEXT, "FOLDER", "keep logs there until they are delivered")               \
    X(spool_bytes, "spool-bytes", 0, TEXT, "SIZE", "most bytes of the spool, like 500M or 2G")     \
    X(spool_age, "spool-age", 0, TEXT, "TIME", "discard undelivered logs that are older")          \
    X(when_full, "when-full", 0, TEXT, "WHAT", "block, fail or drop when there is no room")        \
    X(quarantine, "quarantine", 0, FLAG, "", "the refused logs, and what is set aside")            \
    X(yes, "yes", 0, FLAG, "", "yes to the question that is asked")                                \
    X(test_logs, "send", 0, FLAG, "", "write test logs, too")                                      \
    X(deep, "deep", 0, FLAG, "", "large requests and many of them, for limits and quality")        \
    X(watch, "watch", 0, NUMBER, "SECONDS", "repeat so often, print changes alone")                \
    X(junit, "junit", 0, TEXT, "FILE", "write the findings there as JUnit XML")                    \
    X(sarif, "sarif", 0, TEXT, "FILE", "write the findings there as SARIF 2.1.0")                  \
    X(show_origin, "origin", 0, FLAG, "", "where each value is from")                              \
    X(keep_spool, "keep-spool", 0, FLAG, "", "leave the spool and its logs")                       \
    X(sample, "sample", 0, TEXT, "TEXT", "the log to explain")                                     \
    X(source, "source", 0, TEXT, "NAME", "the source of the logs: the integration's name")         \
    X(services, "service", 0, LIST, "NAME", "a service of the product; may be repeated")           \
    X(sample_logs, "sample", 0, LIST, "TEXT", "a sample log; may be repeated")                     \
    X(samples, "samples", 0, TEXT, "FILE", "sample logs, one a line")                              \
    X(folder, "output", 'o', TEXT, "FILE", "the folder or file to write")                          \
    X(update, "update", 0, FLAG, "", "fill in the results that a tests file leaves blank")         \
    X(input, "in", 0, TEXT, "FILE", "read logs from there, not from standard input")               \
    X(user_agents, "user-agents", 0, TEXT, "FILE", "uap-core's regexes.yaml")                      \
    X(geoip, "geoip", 0, TEXT, "FILE", "Geo-IP database (MaxMind's .mmdb) for geo-ip parsers")     \
    X(only, "only", 0, TEXT, "STEP", "ask this step alone: site, key, store, tags")                \
    X(json, "json", 0, FLAG, "", "one JSON object as the last line of standard output")            \
    X(plain, "plain", 0, FLAG, "", "line prompts instead of a screen")                             \
    X(ascii, "ascii", 0, FLAG, "", "no characters outside ASCII")                                  \
    X(color, "color", 0, TEXT, "WHEN", "auto, always or never")                                    \
    X(no_input, "no-input", 0, FLAG, "", "never ask; what is missing is an error")                 \
    X(dry_run, "dry-run", 'n', FLAG, "", "show what would be written, write nothing")              \
    X(check_only, "check-only", 0, FLAG, "", "test, write nothing")                                \
    X(save_anyway, "save-anyway", 0, FLAG, "", "write although the test failed (not verified)")    \
    X(unlock, "unlock", 0, FLAG, "", "let the desktop ask to unlock the keyring")                  \
    X(quiet, "quiet", 'q', FLAG, "", "errors alone")                                               \
    X(verbose, "verbose", 'v', FLAG, "", "details of every step")                                  \
    X(timeout, "timeout", 0, NUMBER, "SECONDS", "whole time allowed")                              \
    X(port, "port", 'p', NUMBER, "N", "port, 0 for a free one")                                    \
    X(port_file, "port-file", 0, TEXT, "FILE", "write the port there when ready")                  \
    X(intake_key_file, "api-key-file", 0, TEXT, "FILE", "file with the one key accepted")          \
    X(intake_key_hash, "api-key-hash", 0, TEXT, "SALT:SHA256", "hash of the one key accepted")     \
    X(record, "record", 0, TEXT, "FILE", "NDJSON of what arrived")                                 \
    X(pipeline, "pipeline", 0, TEXT, "FILE", "log pipeline to preview what it makes of each log")  \
    X(faults, "fault", 0, LIST, "KIND", "answer with a fault; may be repeated")                    \
    X(seed, "seed", 0, NUMBER, "N", "draw the faults that meet a share of the requests from N")    \
    X(tls_cert, "tls-cert", 0, TEXT, "FILE", "certificate chain (PEM): TLS")                       \
    X(tls_key, "tls-key", 0, TEXT, "FILE", "private key (PEM)")                                    \
    X(help, "help", 'h', FLAG, "", "this text")                                                    \
    X(version, "version", 'V', FLAG, "", "version and libraries")

#define OPTION_FIELD_FLAG bool
#define OPTION_FIELD_TEXT const char *
#define OPTION_FIELD_NUMBER long
#define OPTION_FIELD_LIST struct option_list

/* Parsed values: flags false, texts NULL, numbers -1, lists empty until given. */
struct options {
#define OPTION_FIELD(field, name, letter, type, argument, help) OPTION_FIELD_##type field;
    OPTION_TABLE(OPTION_FIELD)
#undef OPTION_FIELD
    const char *const *words; /* what is no option */
    size_t word_count;
};

enum option_id {
#define OPTION_ENUM(field, name, letter, type, argument, help) OPTION_ID_##field,
    OPTION_TABLE(OPTION_ENUM)
#undef OPTION_ENUM
        OPTION_COUNT
};

/* The options that lay values over the configuration and say where a key comes from: what every
 * command takes that talks to Datadog. */
#define OPTIONS_OF_SESSION                                                                         \
    OPTION_ID_site, OPTION_ID_integration, OPTION_ID_manifest, OPTION_ID_config,                   \
        OPTION_ID_endpoint, OPTION_ID_api_endpoint, OPTION_ID_connect_to, OPTION_ID_proxy,         \
        OPTION_ID_ca_file, OPTION_ID_encoding, OPTION_ID_tags, OPTION_ID_tags_in, OPTION_ID_env,   \
        OPTION_ID_version_tag, OPTION_ID_api_key, OPTION_ID_api_key_fd, OPTION_ID_key_store,       \
        OPTION_ID_key_name

/* And what lays values over the part of the configuration that sending alone reads. */
#define OPTIONS_OF_SENDING                                                                         \
    OPTION_ID_spool, OPTION_ID_spool_bytes, OPTION_ID_spool_age, OPTION_ID_when_full

struct option_info {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    enum option_type type;
    const char *argument, *help;
    size_t offset; /* into struct options */
};

extern const struct option_info option_table[OPTION_COUNT];

/* Parses argv[1...] by the option ids a command takes (ended by OPTION_COUNT). -DL_E_USAGE names
 * the option and the nearest one that exists. */
int options_parse(struct options *out, int argc, char **argv, const enum option_id *accepted,
                  struct dl_error *err);

#endif

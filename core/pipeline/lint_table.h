/* The rules of lint: what Datadog's own check of log assets and its reviewers look at. Where their
 * check has a name ("bypass-global-NAME-checks"), the rule has the same. Sources:
 * docs.datadoghq.com/extend/integrations/log_pipeline, the assets and reviews of
 * DataDog/integrations-extras and integrations-core (2026). docs/guide/lint.md tells of each. */
#ifndef DL_PIPELINE_LINT_TABLE_H
#define DL_PIPELINE_LINT_TABLE_H

/* X(symbol, code, severity, area, what is wrong, how to put it right) */
#define DL_LINT_TABLE(X)                                                                           \
    X(UNREADABLE, "unreadable", ERROR, ASSET, "the file cannot be read",                           \
      "write it as UTF-8 YAML, as the pipelines page exports it")                                  \
    X(ID_MISSING, "id-missing", ERROR, ASSET, "the pipeline has no id",                            \
      "put \"id: NAME\" at the top, NAME being the file's name without .yaml")                     \
    X(ID_FILE, "id-file", ERROR, ASSET, "the id is not the file's name",                           \
      "give the file the id as its name, or the id the file's name")                               \
    X(ID_TESTS, "id-tests", ERROR, ASSET, "the tests have another id than the pipeline",           \
      "write the pipeline's id at the top of the tests file")                                      \
    X(TESTS_MISSING, "tests-missing", ERROR, ASSET, "there is no tests file",                      \
      "write NAME_tests.yaml beside NAME.yaml: each sample with its result")                       \
    X(METRIC_ID, "metric-id-missing", WARNING, ASSET, "there is no metric_id",                     \
      "put \"metric_id:\" with the manifest's app_id below the id")                                \
    X(PLACEHOLDER, "placeholder", WARNING, ASSET, "a placeholder of the export is left",           \
      "put the integration's own value in its place")                                              \
    X(BACKEND_ONLY, "backend-only-missing", ERROR, ASSET, "there is no backend_only",              \
      "put \"backend_only: false\" below the id")                                                  \
    X(FILTER_SOURCE, "filter-source", ERROR, FILTER, "the top filter names no source",             \
      "make the top filter's query source:NAME")                                                   \
    X(FILTER_EXTRA, "filter-extra", WARNING, FILTER, "the top filter holds more than the source",  \
      "leave source:NAME alone in it; other terms shut customers' logs out")                       \
    X(SOURCE_CASE, "source-case", WARNING, FILTER, "the source is not in lowercase",               \
      "write the source in lowercase, here and in what sends the logs")                            \
    X(SOURCE_ID, "source-id", NOTE, FILTER, "the source is not the id",                            \
      "where nothing speaks against it, give both one name")                                       \
    X(QUERY, "query", ERROR, FILTER, "a query cannot be read",                                     \
      "write it in the search syntax: @attribute:value, AND, OR, NOT, parentheses")                \
    X(QUERY_BLANKS, "query-blanks", WARNING, FILTER, "blanks stand around a query",                \
      "take them away")                                                                            \
    X(NO_PROCESSORS, "no-processors", ERROR, PROCESSOR, "the pipeline has no processors",          \
      "add the processors that parse and remap the logs")                                          \
    X(TYPE, "processor-type", ERROR, PROCESSOR, "there is no processor of this type",              \
      "correct the type; the pipelines page exports it in the right spelling")                     \
    X(OPTION, "option-unknown", ERROR, PROCESSOR, "the processor has no such option",              \
      "correct the option's name, or take it away")                                                \
    X(OPTION_MISSING, "option-missing", ERROR, PROCESSOR, "an option is missing",                  \
      "add the option that is named")                                                              \
    X(OPTION_TYPE, "option-type", ERROR, PROCESSOR, "an option has a value of the wrong type",     \
      "write a value of the type that is named")                                                   \
    X(NESTED, "nested-depth", ERROR, PROCESSOR, "pipelines are nested deeper than one level",      \
      "move the inner pipeline's processors up, or the pipeline beside its parent")                \
    X(MANY, "processor-count", NOTE, PROCESSOR, "a pipeline has more than 20 processors",          \
      "split it into nested pipelines by kind of log")                                             \
    X(DISABLED, "disabled", WARNING, PROCESSOR, "a processor is not enabled",                      \
      "enable it, or take it away")                                                                \
    X(NO_DATE, "missing-date-remapper", WARNING, OFFICIAL, "there is no date-remapper",            \
      "define the log's official date with a date-remapper")                                       \
    X(NO_STATUS, "missing-status-remapper", WARNING, OFFICIAL, "there is no status-remapper",      \
      "define the log's status with a status-remapper")                                            \
    X(NO_MESSAGE, "missing-message-remapper", WARNING, OFFICIAL, "there is no message-remapper",   \
      "define the log's message with a message-remapper")                                          \
    X(SERVICE, "no-service-config", NOTE, OFFICIAL, "there is a service-remapper",                 \
      "keep it only if the logs name their service: Datadog's check flags it, its guide asks for " \
      "it")                                                                                        \
    X(NO_SERVICE, "missing-service-remapper", NOTE, OFFICIAL, "there is no service-remapper",      \
      "add one only if the logs name their service: Datadog's guide asks for it, its check flags " \
      "it")                                                                                        \
    X(REPEATED, "remapper-repeated", WARNING, OFFICIAL,                                            \
      "of several such remappers the first wins",                                                  \
      "put all sources into one remapper, in the order in which they count")                       \
    X(STATUS_ORDER, "status-order", WARNING, OFFICIAL,                                             \
      "the status-remapper stands before what makes its source",                                   \
      "move it behind the category or lookup processor")                                           \
    X(STATUS_WORD, "status-unknown", WARNING, OFFICIAL, "a word for the status becomes info",      \
      "use emergency, alert, critical, error, warn, notice, info, debug or ok")                    \
    X(SOURCE_NEVER, "source-never", WARNING, OFFICIAL, "no sample has what the processor reads",   \
      "add a sample that has it, or take the processor away")                                      \
    X(PRESERVE, "preserve-source", WARNING, REMAPPER,                                              \
      "the remapper keeps a source that nothing reads",                                            \
      "set preserveSource to false, so that the attribute is there but once")                      \
    X(RESERVED, "reserved-target", ERROR, REMAPPER,                                                \
      "the target is a reserved attribute that no remapper takes up",                              \
      "use the remapper of that attribute instead, or add it behind this one")                     \
    X(TAG_TARGET, "tag-target", ERROR, REMAPPER, "the name of a tag holds \":\" or \",\"",         \
      "take these characters out of the target")                                                   \
    X(IN_PLACE, "remap-in-place", WARNING, REMAPPER,                                               \
      "source and target are one, and nothing is cast",                                            \
      "give a targetFormat, or take the remapper away")                                            \
    X(STANDARD, "standard-attribute", WARNING, REMAPPER,                                           \
      "an attribute has a standard name that is not used",                                         \
      "remap it to the standard attribute, with preserveSource false")                             \
    X(DURATION, "duration-unit", WARNING, REMAPPER, "duration is not turned into nanoseconds",     \
      "multiply it: the filter scale() of a grok rule, or an arithmetic-processor")                \
    X(STATUS_CODE, "status-code-type", WARNING, REMAPPER, "http.status_code is no integer",        \
      "set the remapper's targetFormat to integer, or use the matcher integer")                    \
    X(GROK_RULE, "grok-rule", ERROR, GROK, "a grok rule cannot be compiled",                       \
      "correct the rule; see what fits: ddlogs pipeline explain")                                  \
    X(GROK_TWICE, "grok-rule-twice", ERROR, GROK, "two rules have one name", "rename one of them") \
    X(GROK_PARSERS, "grok-parser-count-per-pipeline", ERROR, GROK,                                 \
      "a pipeline has more than 5 grok parsers",                                                   \
      "put the rules into fewer parsers, or split the pipeline")                                   \
    X(GROK_RULES, "grok-rule-count", WARNING, GROK, "a grok parser has more than 10 rules",        \
      "split it into nested pipelines by kind of log")                                             \
    X(GROK_WILD, "grok-parser-rules", ERROR, GROK,                                                 \
      "a rule has more than 3 wildcards (data, greedyData, .*, .+), helpers put in",               \
      "use narrower matchers: notSpace, word, integer, date, regex(\"[^,]*\")")                    \
    X(GROK_SAMPLE, "grok-sample-unmatched", WARNING, GROK, "no rule fits a sample of the parser",  \
      "correct the sample or add a rule for it")                                                   \
    X(GROK_UNUSED, "grok-rule-unused", NOTE, GROK, "no sample of the parser is for this rule",     \
      "add a sample of the logs that the rule is for, or take it away")                            \
    X(GROK_SAMPLES, "grok-sample-count", WARNING, GROK, "a grok parser has more than 5 samples",   \
      "keep the 5 that show most")                                                                 \
    X(GROK_LONG, "grok-sample-length", WARNING, GROK, "a sample has more than 5,000 characters",   \
      "shorten it")                                                                                \
    X(GROK_NONE, "grok-no-samples", WARNING, GROK, "a grok parser has no samples",                 \
      "add one for each rule")                                                                     \
    X(GROK_DATE, "grok-date", WARNING, GROK, "the pattern of a date means something else",         \
      "use dd for the day of the month, yyyy for the year, HH for 24 hours or hh with a")          \
    X(FACET_PATH, "facets-path", ERROR, FACET, "a facet's path has no dot",                        \
      "bring the attribute below the source, or to its standard name, and the facet with it")      \
    X(FACET_FOREIGN, "facet-foreign", WARNING, FACET,                                              \
      "a facet of the integration's own is not below its source",                                  \
      "bring the attribute below SOURCE., and the facet with it")                                  \
    X(FACET_GROUP, "facet-group", ERROR, FACET, "a facet is not in exactly one group",             \
      "give the facet one group")                                                                  \
    X(FACET_TITLE, "facet-group-name", WARNING, FACET,                                             \
      "a facet of the integration's own is in another group",                                      \
      "use the pipeline's name as its group")                                                      \
    X(FACET_STANDARD, "facet-standard", ERROR, FACET,                                              \
      "a standard attribute's facet has another group or name",                                    \
      "write group and name as all integrations have them")                                        \
    X(FACET_TWICE, "facet-twice", ERROR, FACET, "two facets have one path",                        \
      "take one of them away")                                                                     \
    X(FACET_BARE, "facet-bare", WARNING, FACET, "a facet of the integration's own has no type",    \
      "add facetType (list or range) and type")                                                    \
    X(FACET_UNIT, "facet-unit", WARNING, FACET, "a facet's unit is missing or cannot be",          \
      "give measures of time or bytes a unit, and texts none")                                     \
    X(FACET_TYPE, "facet-type", WARNING, FACET, "a facet has another type than the values",        \
      "correct the facet's type, or cast the attribute")                                           \
    X(FACET_UNUSED, "facet-unused", WARNING, FACET, "no test has the attribute of a facet",        \
      "add a test that has it, or take the facet away")                                            \
    X(FACET_SILENT, "facet-description", NOTE, FACET, "a facet's description is empty",            \
      "describe the attribute in one sentence, or take the line away")                             \
    X(FACET_BOTH, "facet-remapped", WARNING, FACET,                                                \
      "a remapper keeps its source, and both ends have a facet",                                   \
      "keep the facet of the target, and set preserveSource to false")                             \
    X(FACET_ARRAY, "facet-array", NOTE, FACET, "the attribute of a facet is an array",             \
      "avoid arrays where each value can have an attribute of its own")                            \
    X(FACET_TAG, "facet-tag", WARNING, FACET, "a facet of a tag is for what is an attribute",      \
      "set the facet's source to log")                                                             \
    X(FACET_KEYS, "facet-order", WARNING, FACET, "the keys of a facet are not in order",           \
      "sort them: description, facetType, groups, name, path, source, type, unit")                 \
    X(NO_TESTS, "no-tests", ERROR, TEST, "there is no test", "write one for every kind of log")    \
    X(NO_RESULT, "result-missing", ERROR, TEST, "a test has no result",                            \
      "write down what \"ddlogs pipeline run\" gives, once it is what you want")                   \
    X(DIFFERS, "result-differs", ERROR, TEST, "the pipeline gives another result",                 \
      "see both: ddlogs pipeline test PATH")                                                       \
    X(DATE_FAILED, "date-remapper-parse-failure", ERROR, TEST,                                     \
      "the date-remapper finds no date that it can read",                                          \
      "give it ISO 8601 or milliseconds since 1970; parse other dates with a grok rule")           \
    X(DATE_FORM, "timestamp-format-in-sample", WARNING, TEST,                                      \
      "a sample's date is in seconds, in nanoseconds or without a year",                           \
      "send ISO 8601 or milliseconds since 1970")                                                  \
    X(NEVER, "never-applied", WARNING, TEST, "no sample makes the processor write its target",     \
      "add a sample that does, or take the processor away")                                        \
    X(UNREACHED, "never-reached", WARNING, TEST, "no sample comes this way",                       \
      "add a sample that does, or take it away")                                                   \
    X(SAMPLE_KEY, "sample-key", ERROR, TEST, "a sample holds what looks like an API key",          \
      "put REDACTED in its place, and revoke the key if it was one")                               \
    X(SAMPLE_LIMIT, "sample-limit", ERROR, TEST, "a sample is too much for the pipeline",          \
      "make the rule that is named narrower, or the sample shorter")                               \
    X(TEST_COUNT, "test-count", NOTE, TEST, "not all tests were run here",                         \
      "run them all: ddlogs pipeline test PATH")                                                   \
    X(LOOKUP_LINE, "lookup-line", ERROR, BUILDER, "a line of a lookup table has no comma",         \
      "write each line as key,value")                                                              \
    X(LOOKUP_TWICE, "lookup-twice", WARNING, BUILDER, "a key is in a lookup table twice",          \
      "take the second line away; the first one counts")                                           \
    X(LOOKUP_CASE, "lookup-case", WARNING, BUILDER, "keys of a lookup table differ only by case",  \
      "keep one, and bring the source to that case with a grok filter")                            \
    X(CATEGORY_TWICE, "category-twice", ERROR, BUILDER, "two categories have one name",            \
      "join their queries with OR")                                                                \
    X(CATEGORY_SHADOWED, "category-shadowed", WARNING, BUILDER,                                    \
      "a category can never match behind an earlier one",                                          \
      "take it away, or put it before the other")                                                  \
    X(BUILT_LONG, "string-length", WARNING, BUILDER, "a built string is cut at 256 characters",    \
      "build a shorter one")                                                                       \
    X(EXPRESSION, "expression", ERROR, BUILDER, "an expression is not understood",                 \
      "write attributes, numbers, + - * / and parentheses")                                        \
    X(MINUS, "expression-minus", WARNING, BUILDER, "a minus has no blanks around it",              \
      "write blanks around it; without them it is part of a name")                                 \
    X(KEY_ORDER, "key-order", WARNING, FORM,                                                       \
      "the keys of a processor are not in the export's order",                                     \
      "put them in order: type, name, enabled, then as the pipelines page exports them")           \
    X(INDENT, "indent", WARNING, FORM, "a line is not indented by steps of two blanks",            \
      "indent by two blanks a level")                                                              \
    X(TABS, "tabs", WARNING, FORM, "tabs stand outside of texts", "use blanks")

#endif

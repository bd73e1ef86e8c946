/* What the tests of the page share: a pipeline, its tests, a page and its view. */
#ifndef TESTS_UNIT_EXPLAIN_KIT_H
#define TESTS_UNIT_EXPLAIN_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "explain/page.h"

static const char pipeline_text[] =
    "id: acme\npipeline:\n  type: pipeline\n  name: Acme\n  filter: {query: 'source:acme'}\n"
    "  processors:\n"
    "    - type: grok-parser\n      name: parse\n      source: message\n"
    "      grok:\n        supportRules: ''\n        matchRules: |\n"
    "          first begin %{integer:code}\n          second %{integer:code} %{word:who}\n"
    "    - type: pipeline\n      name: inner\n      filter: {query: '@code:7'}\n      processors:\n"
    "        - {type: attribute-remapper, name: rename, sources: [who], target: usr.id,\n"
    "           preserveSource: false}\n"
    "    - {type: status-remapper, sources: [level]}\n"
    "    - {type: service-remapper, name: off, enabled: false, sources: [who]}\n";

static const char tests_text[] =
    "id: acme\ntests:\n"
    "  - sample: 7 ann\n    result:\n      custom: {code: 7, usr: {id: ann}}\n"
    "      message: 7 ann\n      tags: [source:LOGS_SOURCE]\n"
    "  - sample: 7 bob\n    service: web\n    result:\n      custom: {code: 7, usr: {id: ann}}\n"
    "      message: 7 bob\n      service: web\n      status: warn\n"
    "      tags: [source:LOGS_SOURCE]\n"
    "  - sample: \"two\\nlines\\there \\e[31m\"\n    result: null\n";

static struct dl_pipeline *pipeline;
static struct dl_suite *suite;
static struct explain_page *page;
static struct view view;

static int open_assets(void **state)
{
    (void)state;
    return dl_pipeline_read(&pipeline, pipeline_text, sizeof pipeline_text - 1, NULL) < 0 ||
           dl_suite_read(&suite, tests_text, sizeof tests_text - 1, NULL) < 0;
}

static int close_assets(void **state)
{
    (void)state;
    explain_page_free(page);
    page = NULL;
    view_clear(&view);
    dl_suite_free(suite);
    dl_pipeline_free(pipeline);
    return 0;
}

#endif

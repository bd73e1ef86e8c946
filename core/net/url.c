#include "net/url.h"

#include <string.h>

bool dl_url_open(struct dl_url *url, const char *text, unsigned flags)
{
    CURLUcode result;

    *url = (struct dl_url){.curl = curl_url()};
    result = url->curl ? curl_url_set(url->curl, CURLUPART_URL, text, flags) : CURLUE_OUT_OF_MEMORY;
    url->no_memory = result == CURLUE_OUT_OF_MEMORY;
    return result == CURLUE_OK;
}

void dl_url_close(struct dl_url *url)
{
    curl_url_cleanup(url->curl);
    url->curl = NULL;
}

char *dl_url_part(struct dl_url *url, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    CURLUcode result = curl_url_get(url->curl, part, &text, flags);

    url->no_memory |= result == CURLUE_OUT_OF_MEMORY;
    return result ? NULL : text;
}

bool dl_url_has(struct dl_url *url, CURLUPart part)
{
    char *text = dl_url_part(url, part, 0);
    bool there = text && !(part == CURLUPART_PATH && strcmp(text, "/") == 0);

    curl_free(text);
    return there;
}

void dl_url_set(struct dl_url *url, CURLUPart part, const char *text)
{
    url->no_memory |= curl_url_set(url->curl, part, text, 0) == CURLUE_OUT_OF_MEMORY;
}

/* The one reader of the scheme. */
#include "collector/store/store_url.h"

#include <stddef.h>
#include <string.h>

const char *store_sqlite_path(const char *url)
{
    const size_t scheme = sizeof STORE_SQLITE_SCHEME - 1;

    return strncmp(url, STORE_SQLITE_SCHEME, scheme) == 0 && url[scheme] != '\0' ? url + scheme
                                                                                 : NULL;
}

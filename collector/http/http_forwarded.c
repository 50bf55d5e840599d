/* What proxies say of whom they stand for, from as many header lines as there are. */
#include "collector/http/http_parts.h"

#include <microhttpd.h>
#include <strings.h>

static enum MHD_Result join(void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
    struct buffer *all = cls;
    (void)kind;
    if (strcasecmp(key, "X-Forwarded-For") == 0)
        buffer_format(all, "%s%s", all->length > 0 ? "," : "", value != NULL ? value : "");
    return MHD_YES;
}

void http_forwarded(struct MHD_Connection *connection, struct buffer *all)
{
    MHD_get_connection_values(connection, MHD_HEADER_KIND, join, all);
}

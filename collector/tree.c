/* tsearch(3), with copies of its own. */
#include "collector/tree.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

void *tree_get(void **root, const void *key, size_t size,
               int (*compare)(const void *, const void *), bool *is_new)
{
    void **found = tsearch(key, root, compare);

    if (found == NULL)
        abort();
    bool made = *found == key;
    if (made) {
        *found = malloc(size);
        if (*found == NULL)
            abort();
        memcpy(*found, key, size);
    }
    if (is_new != NULL)
        *is_new = made;
    return *found;
}

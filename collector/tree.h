/* The C library's search tree (tsearch(3)) as a set of copies: what a batch touches, by its key. */
#ifndef CARRITO_COLLECTOR_TREE_H
#define CARRITO_COLLECTOR_TREE_H

#include <stdbool.h>
#include <stddef.h>

/* The element that equals `key`, made as a copy of its `size` bytes where there was none; *is_new,
 * which may be NULL, says which. The tree's to free, by tdestroy(root, free). Never NULL. */
void *tree_get(void **root, const void *key, size_t size,
               int (*compare)(const void *, const void *), bool *is_new);

#endif

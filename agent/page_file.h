/* The pages of an SQLite file and of the log beside it, without SQLite: it refuses a file whose
 * first page is gone, and stops at the first page that it cannot use.
 *
 * Format: sqlite.org/fileformat2.html, "The Write-Ahead Log". Reads only, also beside a writer. To
 * close a file takes the locks that this process has on it by SQLite (POSIX): a process that has it
 * open by SQLite closes that first. One thread; every call may block for the disk. */
#ifndef CARRITO_AGENT_PAGE_FILE_H
#define CARRITO_AGENT_PAGE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct page_file;

/* NULL where the file cannot be opened. A log that is missing or empty is none. */
struct page_file *page_file_open(const char *path);
void page_file_close(struct page_file *pages);

size_t page_file_size(const struct page_file *pages); /* bytes of a page */

/* Committed changes stand in the log behind a place that is damaged. SQLite takes such a log for
 * one that ends there, so that a writer would use numbers anew. What only a power cut leaves
 * behind, part of the last commit, does not count. */
bool page_file_log_is_cut(const struct page_file *pages);

/* Every state of every page that can be had: those of the file, then those of the log in the order
 * of their commits. Of a cut log the whole pages behind the damage, too. */
int64_t page_file_images(const struct page_file *pages);
/* Valid until the next call; NULL where the card does not give it. What is cut off is zero. */
const unsigned char *page_file_image(struct page_file *pages, int64_t index);
/* The newest image of page `number`, 1 or above, valid until the next call of this function. */
const unsigned char *page_file_newest(struct page_file *pages, uint32_t number);

#endif

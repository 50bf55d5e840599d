/* Where a store lies: `sqlite://PATH` (sqlite:///var/lib/… is absolute), or another database. */
#ifndef CARRITO_COLLECTOR_STORE_URL_H
#define CARRITO_COLLECTOR_STORE_URL_H

#define STORE_SQLITE_SCHEME "sqlite://"

/* The file, within the url; NULL where it is another database's, or names none. */
const char *store_sqlite_path(const char *url);

#endif

/* Whose an outbox is: it belongs to one plate, which its head names (contract, section 3). A file
 * of before that knows it by its newest event. Reads and writes the database that it is given. */
#ifndef CARRITO_AGENT_OUTBOX_PLATE_H
#define CARRITO_AGENT_OUTBOX_PLATE_H

#include "agent/database.h"
#include "common/event.h"

/* "" where the file names none and has no event that can be read. */
void outbox_plate_read(sqlite3 *db, char plate[CART_LENGTH_MAX + 1]);
/* The same of a file that nobody has opened; "" too where there is none that can be read. */
void outbox_plate_look(const char *path, char plate[CART_LENGTH_MAX + 1]);
/* The plate that the cart `cart` goes by: as an outbox at this path spells it that a release made
 * which did not fold plates (BBCL-23 for BBCL23), since certificate, login and what is owed are of
 * that name; but as it is where the certificate names it so. `certfile` may be NULL. */
void outbox_plate_choose(const char *path, const char *certfile, const char *cart,
                         char plate[CART_LENGTH_MAX + 1]);
/* Does its head name one? "" where not. */
bool outbox_plate_named(sqlite3 *db, char plate[CART_LENGTH_MAX + 1]);
/* Writes it into the head. */
enum database_result outbox_plate_write(sqlite3 *db, const char *plate);

#endif

/* How a client's name is written down (contract, sections 7 and 10): as it was said, as a pseudonym
 * that is the same on every cart of the guild, or not at all. By libcrypto. Pure. */
#ifndef CARRITO_COMMON_CLIENT_NAME_H
#define CARRITO_COMMON_CLIENT_NAME_H

#include <stdbool.h>
#include <stddef.h>

#define CLIENT_PSEUDONYM_LENGTH 23 /* `~` and 22 of base64url: 132 bits */

enum client_naming { CLIENTS_NAMES, CLIENTS_PSEUDONYM, CLIENTS_NONE };

struct client_names {
    enum client_naming naming;
    const char *key; /* the guild's, for CLIENTS_PSEUDONYM; NULL there: no name is written */
};

/* "names", "pseudonym" or "none". */
bool client_naming_is_valid(const char *text);
/* What is wrong with the settings `clients` and `clients_keyfile` together; NULL: nothing. */
const char *client_names_wrong(const char *clients, const char *clients_keyfile);
/* As the settings say it, NULL being their defaults. Reads the guild's key from its file; one that
 * cannot be read is logged. Returns the key, which *names uses; the caller ends both by
 * config_free_secret(). */
char *client_names_open(const char *clients, const char *clients_keyfile,
                        struct client_names *names);

/* Replaces a name, UTF-8, in its place, which has `size` bytes (more than CLIENT_PSEUDONYM_LENGTH);
 * blanks around it do not count. "" stays, and so does what is a pseudonym already. */
void client_name_apply(const struct client_names *names, char *name, size_t size);

#endif

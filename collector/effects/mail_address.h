/* Mail addresses, as people type them and as they go over the wire. Pure. */
#ifndef CARRITO_COLLECTOR_MAIL_ADDRESS_H
#define CARRITO_COLLECTOR_MAIL_ADDRESS_H

#include <stdbool.h>

#define MAIL_ADDRESS_SIZE 255 /* 254 bytes (RFC 5321, 4.5.3.1, less the brackets) and NUL */

/* One address, local@domain, as it goes over the wire: ASCII, without the blanks that were typed
 * around it, the domain in A-labels (ana@ñuñoa.example is ana@xn--uoa-6mab.example). False, and
 * `address` untouched, where it is none, is too long, has signs that cannot be seen, or others than
 * ASCII before the @, which many servers do not take. `typed` may be `address`. */
bool mail_address_from_person(const char *typed, char address[MAIL_ADDRESS_SIZE]);
/* The next of "address, address, …", without blanks around; moves *list behind it. False at the
 * end. NULL is an empty list. What is no address is passed over: the settings are checked. */
bool mail_list_next(const char **list, char address[MAIL_ADDRESS_SIZE]);
/* True where each item of the list is an address, and where the list is empty. */
bool mail_list_is_valid(const char *list);

#endif

/* May this call be handled? Decided before anything is done for it. */
#ifndef CARRITO_COLLECTOR_ADMIT_H
#define CARRITO_COLLECTOR_ADMIT_H

#include "collector/call/call.h"
#include "collector/http/address.h"

enum admit_verdict {
    ADMIT_GRANTED,
    ADMIT_REFUSED, /* the answer is a problem now */
    ADMIT_PASSWORD /* a name and password came with it that must be checked first */
};

/* Fills the route and who asks. */
enum admit_verdict admit(struct api_call *call, const struct address *client);
/* After the password was right: may this user? False where the answer is a problem now. */
bool admit_again(struct api_call *call);

#endif

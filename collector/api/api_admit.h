/* May this call be handled? Decided before anything is done for it. */
#ifndef CARRITO_COLLECTOR_API_ADMIT_H
#define CARRITO_COLLECTOR_API_ADMIT_H

#include "collector/api/api_call.h"
#include "collector/http/address.h"

struct rate_limit;

enum admit_verdict {
    ADMIT_GRANTED,
    ADMIT_REFUSED, /* the answer is a problem now */
    ADMIT_PASSWORD /* a name and password came with it that must be checked first */
};

/* Fills the route and who asks. */
enum admit_verdict api_admit(struct api_call *call, const struct address *client);
/* After the password was right: may this user? False where the answer is a problem now. */
bool api_admit_again(struct api_call *call);

/* api.c: the limit per address that the route counts against. */
struct rate_limit *api_limit(struct api *api, const struct route *route);
/* api.c: after an error the connection is not used again; the next call opens a new one. */
void api_forget_store(struct api *api);

#endif

-- Step 7: the requests of carts for their next certificate, as they last said them.

-- name: store_step_7
CREATE TABLE certificate_requests (
    cart TEXT NOT NULL PRIMARY KEY,
    request TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);

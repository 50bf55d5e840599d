-- Step 5: the day's end of a cart. `closed_ms` of a cart is when it closed, null while it is open;
-- `closings` has each close and when the cart was open again, so that a past day can be asked for.
-- Times are milliseconds since 1970.

-- name: store_step_5
ALTER TABLE carts ADD COLUMN closed_ms BIGINT;
CREATE TABLE closings (
    cart TEXT NOT NULL,
    closed_ms BIGINT NOT NULL,
    opened_ms BIGINT,
    PRIMARY KEY (cart, closed_ms)
);

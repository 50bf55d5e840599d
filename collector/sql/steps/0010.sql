-- Step 10: what operators set of a single cart. A null threshold is the guild's.

-- name: store_step_10
CREATE TABLE cart_settings (
    cart TEXT PRIMARY KEY,
    threshold BIGINT,
    note TEXT
);

-- Step 27: secrets of the store, such as that of which the keys of orders are made.

-- name: store_step_27
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    secret TEXT NOT NULL
);

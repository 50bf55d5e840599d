-- What the role `stock` keeps. Times are milliseconds since 1970 UTC.

-- name: schema_stock

-- The last level of each cart. epoch, seq: of the event that said it; batch: the restock batch that
-- the cart is in, 0 where it may join one; is_out: stock-out has been raised.
CREATE TABLE IF NOT EXISTS stock_levels (
    cart TEXT NOT NULL PRIMARY KEY,
    epoch TEXT NOT NULL,
    seq BIGINT NOT NULL,
    time_ms BIGINT NOT NULL,
    stock BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    is_out BIGINT NOT NULL
) /* WITHOUT ROWID */;

-- Restock batches. status: open, announced, done; at most one is open, always the last one, and
-- there is none without carts: so there is no gap in the numbers of those that were announced.
CREATE TABLE IF NOT EXISTS restocks (
    number BIGINT NOT NULL PRIMARY KEY,
    status TEXT NOT NULL,
    announced_ms BIGINT,
    done_ms BIGINT
);

-- What is in them: carts, or low sales where these are counted. `place` counts up in the batch.
CREATE TABLE IF NOT EXISTS restock_carts (
    number BIGINT NOT NULL,
    place BIGINT NOT NULL,
    cart TEXT NOT NULL,
    stock BIGINT NOT NULL,
    time_ms BIGINT NOT NULL,
    PRIMARY KEY (number, place)
) /* WITHOUT ROWID */;

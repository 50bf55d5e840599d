-- Orders of buyers. Times are milliseconds since 1970 UTC.

-- name: schema_orders

-- One row per order; each state that it came into has its time, the others are null, so that an
-- order has no state twice. status: the guild's word for the last one. cart: that takes it. next_ms:
-- when it moves on by itself; null where it does not.
CREATE TABLE IF NOT EXISTS orders (
    id TEXT NOT NULL PRIMARY KEY,
    product TEXT NOT NULL,
    price BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    email TEXT NOT NULL,
    lat DOUBLE PRECISION,
    lon DOUBLE PRECISION,
    cart TEXT,
    status TEXT NOT NULL,
    received_ms BIGINT NOT NULL,
    preparing_ms BIGINT,
    delivering_ms BIGINT,
    done_ms BIGINT,
    cancelled_ms BIGINT,
    failed_ms BIGINT,
    next_ms BIGINT
);
CREATE INDEX IF NOT EXISTS orders_by_time ON orders (received_ms, id);
CREATE INDEX IF NOT EXISTS orders_by_status ON orders (status, received_ms, id);
CREATE INDEX IF NOT EXISTS orders_due ON orders (next_ms) WHERE next_ms IS NOT NULL;

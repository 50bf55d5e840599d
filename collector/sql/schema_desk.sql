-- What the centre keeps for those who type there. Times are milliseconds since 1970 UTC.

-- name: schema_desk

-- Answers to calls with an Idempotency-Key. `id` is a hash of route, caller and key, `body` of the
-- request's body; until_ms: when it is forgotten.
CREATE TABLE IF NOT EXISTS idempotency (
    id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    status BIGINT NOT NULL,
    answer BYTEA NOT NULL,
    until_ms BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS idempotency_by_end ON idempotency (until_ms);

-- The outbox that the centre keeps for a cart: what is typed there. stock: what it last said is
-- left on the cart, null before it said anything; stock_ms: for when.
CREATE TABLE IF NOT EXISTS desk_epochs (
    cart TEXT NOT NULL PRIMARY KEY,
    epoch TEXT NOT NULL,
    seq BIGINT NOT NULL,
    receipt BIGINT NOT NULL,
    stock BIGINT,
    stock_ms BIGINT
);

-- Sales typed at the centre, which know of themselves before they have been to Kafka and back.
CREATE TABLE IF NOT EXISTS desk_sales (
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    receipt BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    PRIMARY KEY (cart, epoch, receipt)
);

-- Sales of any epoch that were taken back at the centre.
CREATE TABLE IF NOT EXISTS desk_voids (
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    receipt BIGINT NOT NULL,
    PRIMARY KEY (cart, epoch, receipt)
);

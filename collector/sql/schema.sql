-- The collector's tables, for SQLite and PostgreSQL alike. Times are milliseconds since 1970 UTC,
-- days are counted from 1970-01-01 of the guild's calendar, booleans are 0 and 1.
--
-- `text_key` columns are compared byte by byte. WITHOUT ROWID tables are one tree each: a row that
-- is found by its key costs one page.

-- name: schema

-- Where each role stands in Kafka. `owner` is the random id of the consumer that may write;
-- `next` the offset to be applied next; the last record applied is known by its time and hash. All
-- that the log had at `passed_ms` has been applied.
CREATE TABLE IF NOT EXISTS positions (
    role TEXT NOT NULL,
    topic TEXT NOT NULL,
    part BIGINT NOT NULL,
    owner TEXT NOT NULL,
    next BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    last_hash BIGINT NOT NULL,
    passed_ms BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (role, topic, part)
);

-- A source is an outbox: a cart's epoch. Its number stands for both in the large tables.
-- member_checked: 1 once it was looked up whether a member owns the cart.
CREATE TABLE IF NOT EXISTS sources (
    source BIGINT NOT NULL PRIMARY KEY,
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    highest_seq BIGINT NOT NULL,
    highest_receipt BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    set_aside BIGINT NOT NULL,
    member_checked BIGINT NOT NULL,
    UNIQUE (cart, epoch)
);

-- Every event that `sales` applied, by its identity; `hash` tells a repetition from a conflict.
-- kind: 0 sale, 1 void, 2 stock, 5 clock (enum event_type). Columns that a kind lacks are null.
-- voided: the seq of the void, negative where it is of another epoch. place: the record's offset in
-- Kafka, and how much later than Kafka it was stored: nine bytes, by which a sale is traced.
-- There is no second index on purpose: it would cost as much as the row (see source_days).
CREATE TABLE IF NOT EXISTS receipts (
    source BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    hash BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    day INTEGER NOT NULL,
    ts_ms BIGINT NOT NULL,
    receipt BIGINT,
    client TEXT,
    quantity BIGINT,
    amount BIGINT,
    stock BIGINT,
    lat DOUBLE PRECISION,
    lon DOUBLE PRECISION,
    voided BIGINT,
    place BIGINT,
    delay_ms BIGINT,
    PRIMARY KEY (source, seq)
) /* WITHOUT ROWID */;

-- Which part of a source lies on which day: leads from a day to the rows of `receipts`; and the
-- sums of that day in this epoch, to be held against the cart's own.
CREATE TABLE IF NOT EXISTS source_days (
    day INTEGER NOT NULL,
    source BIGINT NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    sales BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (day, source)
) /* WITHOUT ROWID */;
CREATE INDEX IF NOT EXISTS source_days_by_source ON source_days (source, day);

-- How often a client bought from a cart on a day. Sales without a client are in daily.anonymous.
CREATE TABLE IF NOT EXISTS day_clients (
    day INTEGER NOT NULL,
    cart TEXT NOT NULL,
    client TEXT NOT NULL,
    bought BIGINT NOT NULL,
    PRIMARY KEY (day, cart, client)
) /* WITHOUT ROWID */;

-- What a cart sold on a day. `closed` is when the row was closed, 0 while it is open; `revision` is
-- 0 then, 1 at the close, and 1 more for each change after it (see `revisions`).
CREATE TABLE IF NOT EXISTS daily (
    day INTEGER NOT NULL,
    cart TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    sales BIGINT NOT NULL,
    named_clients BIGINT NOT NULL,
    anonymous BIGINT NOT NULL,
    voided BIGINT NOT NULL,
    unpriced BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    PRIMARY KEY (day, cart)
) /* WITHOUT ROWID */;
CREATE INDEX IF NOT EXISTS daily_by_cart ON daily (cart, day);
CREATE INDEX IF NOT EXISTS daily_open ON daily (day, cart) WHERE closed = 0;

-- Receipts not yet seen although a later one was; `day` is that of the next receipt seen, `told` is
-- 1 once an alert was raised for it.
CREATE TABLE IF NOT EXISTS receipt_gaps (
    source BIGINT NOT NULL,
    first_receipt BIGINT NOT NULL,
    last_receipt BIGINT NOT NULL,
    day INTEGER NOT NULL,
    since_ms BIGINT NOT NULL,
    told BIGINT NOT NULL,
    PRIMARY KEY (source, first_receipt)
);
CREATE INDEX IF NOT EXISTS receipt_gaps_by_day ON receipt_gaps (day);
CREATE INDEX IF NOT EXISTS receipt_gaps_untold ON receipt_gaps (since_ms) WHERE told = 0;

-- Sales that were taken back by a void of another epoch: they are not in our sums, but in the
-- cart's own.
CREATE TABLE IF NOT EXISTS voids_elsewhere (
    source BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (source, seq)
);

-- Voids whose sale has not come yet. `seq` is negative for one of another epoch.
CREATE TABLE IF NOT EXISTS waiting_voids (
    source BIGINT NOT NULL,
    receipt BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (source, receipt)
);

-- Events with an identity that another content has taken; kept for a person to look at.
-- decision: accepted, dropped; null while it waits.
CREATE TABLE IF NOT EXISTS set_aside (
    id TEXT NOT NULL PRIMARY KEY,
    time_ms BIGINT NOT NULL,
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq BIGINT NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL,
    decision TEXT,
    decided_ms BIGINT
);

-- What is known of each cart now. heard_ms is Kafka's time of the last word; fix_ms, sale_ms and
-- stock_ms are the events' own times. `part` and `bridge` are the last word's, `phone` that it was a
-- phone's; nofix_ms: without a fix since then, by its heartbeat; claim_*: fixes in a row at a place
-- that it cannot have reached (fix_filter.h); damaged: the epoch of an outbox that it lost.
CREATE TABLE IF NOT EXISTS carts (
    cart TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    fugitive BIGINT NOT NULL,
    lat DOUBLE PRECISION,
    lon DOUBLE PRECISION,
    acc DOUBLE PRECISION,
    fix_ms BIGINT,
    heard_ms BIGINT,
    sale_ms BIGINT,
    stock BIGINT,
    stock_epoch TEXT,
    stock_seq BIGINT,
    stock_ms BIGINT,
    waiting BIGINT,
    version TEXT,
    epoch TEXT,
    session BIGINT,
    gps TEXT,
    batt DOUBLE PRECISION,
    bridge TEXT,
    part BIGINT NOT NULL DEFAULT -1,
    phone BIGINT NOT NULL DEFAULT 0,
    nofix_ms BIGINT,
    damaged TEXT,
    fix_dated BIGINT NOT NULL DEFAULT 0,
    claim_lat DOUBLE PRECISION,
    claim_lon DOUBLE PRECISION,
    claim_ms BIGINT,
    claim_count BIGINT NOT NULL DEFAULT 0
);

-- Where a cart was. One row per recorded fix; Kafka keeps positions for 14 days, this for ever.
CREATE TABLE IF NOT EXISTS track (
    cart TEXT NOT NULL,
    fix_ms BIGINT NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (cart, fix_ms)
) /* WITHOUT ROWID */;

-- The carts' own sums per epoch and day, as last sent; `at_ms` is the cart's time of sending and
-- `final` says that it was its `offline`.
CREATE TABLE IF NOT EXISTS cart_counts (
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    day INTEGER NOT NULL,
    sales BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    final BIGINT NOT NULL,
    PRIMARY KEY (cart, day, epoch)
);

-- What is to be produced to Kafka: written with its cause in one transaction, sent afterwards and
-- deleted when Kafka has it. `id` does not change, so that a repetition can be told. Key and value
-- are bytes: a dead letter is whatever came. `part` is the partition; null: the key's.
CREATE TABLE IF NOT EXISTS outgoing (
    id TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    topic TEXT NOT NULL,
    record_key BYTEA,
    value BYTEA NOT NULL,
    error TEXT,
    source TEXT,
    type TEXT,
    part BIGINT
);
CREATE INDEX IF NOT EXISTS outgoing_by_position ON outgoing (position);

-- One row per condition that a person should know of; the contract's section 5, "Alerts".
CREATE TABLE IF NOT EXISTS alerts (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    cart TEXT,
    severity TEXT NOT NULL,
    status TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    acknowledged_ms BIGINT,
    ended_ms BIGINT,
    details TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS alerts_by_subject ON alerts (kind, subject);

-- Changes of alerts that `notify` has not yet told: each status of an alert once.
CREATE TABLE IF NOT EXISTS alert_notices (
    alert TEXT NOT NULL,
    status TEXT NOT NULL,
    time_ms BIGINT NOT NULL,
    PRIMARY KEY (alert, status)
);

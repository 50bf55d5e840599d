-- What the role `sales` keeps beside receipts and sums. Days and times as in schema.sql.

-- name: schema_sales

-- A day is closed when it is not after the last one here. The row is what one of several closers
-- gets and the others do not.
CREATE TABLE IF NOT EXISTS closed_days (
    day INTEGER NOT NULL PRIMARY KEY,
    closed_ms BIGINT NOT NULL
);

-- Each change of a closed row, and its close. time_ms is Kafka's; cause: close, sale, void, clock;
-- receipts, before and after are JSON, `before` null where there was no row.
CREATE TABLE IF NOT EXISTS revisions (
    day INTEGER NOT NULL,
    cart TEXT NOT NULL,
    revision BIGINT NOT NULL,
    time_ms BIGINT NOT NULL,
    cause TEXT NOT NULL,
    receipts TEXT NOT NULL,
    row_before TEXT,
    row_after TEXT NOT NULL,
    PRIMARY KEY (day, cart, revision)
);

-- When a cart's boot was, by its clock event; what the boot counts in milliseconds begins there.
CREATE TABLE IF NOT EXISTS boots (
    cart TEXT NOT NULL,
    boot TEXT NOT NULL,
    zero_ms BIGINT NOT NULL,
    PRIMARY KEY (cart, boot)
) /* WITHOUT ROWID */;

-- Events without a time of their own that wait for their boot's clock event. append_ms is Kafka's.
CREATE TABLE IF NOT EXISTS undated (
    cart TEXT NOT NULL,
    boot TEXT NOT NULL,
    source BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    boot_ms BIGINT NOT NULL,
    append_ms BIGINT NOT NULL,
    PRIMARY KEY (cart, boot, source, seq)
) /* WITHOUT ROWID */;

-- Carts whose last event was ahead of Kafka's time.
CREATE TABLE IF NOT EXISTS bad_clocks (
    cart TEXT NOT NULL PRIMARY KEY
);

-- Clients of the whole guild, and how many they are: level 0 per day, with the number of carts that
-- they bought from in `parts`; 1 per month, with the number of days; 2 of all time, with the number
-- of months. span: the day, the months since year 0, or 0.
CREATE TABLE IF NOT EXISTS client_groups (
    level SMALLINT NOT NULL,
    span BIGINT NOT NULL,
    client TEXT NOT NULL,
    parts BIGINT NOT NULL,
    PRIMARY KEY (level, span, client)
) /* WITHOUT ROWID */;
CREATE TABLE IF NOT EXISTS client_counts (
    level SMALLINT NOT NULL,
    span BIGINT NOT NULL,
    clients BIGINT NOT NULL,
    PRIMARY KEY (level, span)
) /* WITHOUT ROWID */;

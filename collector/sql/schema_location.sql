-- What the role `location` knows beside the carts themselves. Times are milliseconds since 1970 UTC.

-- name: schema_location

-- The last beat of each bridge in each partition of carrito.presence, by Kafka's time. `down_ms`:
-- without MQTT since then (0: with it); `told`: and said so. `gaps`: the intervals that count no
-- silence, "from-to from-to".
CREATE TABLE IF NOT EXISTS beats (
    bridge TEXT NOT NULL,
    part BIGINT NOT NULL,
    beat_ms BIGINT NOT NULL,
    mqtt BIGINT NOT NULL,
    down_ms BIGINT NOT NULL,
    told BIGINT NOT NULL,
    gaps TEXT NOT NULL,
    PRIMARY KEY (bridge, part)
);

-- When the certificates end by which carts and bridges connect, as they last said; said_ms: Kafka's
-- time of that word; told: the alert was raised. cart is null for a bridge.
CREATE TABLE IF NOT EXISTS certificates (
    subject TEXT NOT NULL PRIMARY KEY,
    cart TEXT,
    end_ms BIGINT NOT NULL,
    said_ms BIGINT NOT NULL,
    told BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS certificates_untold ON certificates (end_ms) WHERE told = 0;

-- Reports ("denuncias"). status: open (of a fugitive), sighting (of a place where no cart was),
-- dismissed, closed (the fugitive was cleared).
CREATE TABLE IF NOT EXISTS reports (
    id TEXT NOT NULL PRIMARY KEY,
    time_ms BIGINT NOT NULL,
    cart TEXT,
    lat DOUBLE PRECISION NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    note TEXT,
    status TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS reports_by_time ON reports (time_ms, id);

-- Carts that are looked for; ended_ms is null until an operator clears it. locate_ms: until when
-- the cart has been asked to report often.
CREATE TABLE IF NOT EXISTS fugitives (
    cart TEXT NOT NULL,
    since_ms BIGINT NOT NULL,
    ended_ms BIGINT,
    reason TEXT NOT NULL,
    locate_ms BIGINT NOT NULL,
    PRIMARY KEY (cart, since_ms)
);
CREATE UNIQUE INDEX IF NOT EXISTS fugitives_open ON fugitives (cart) WHERE ended_ms IS NULL;

-- Which reports are about a fugitive: a report of a place can be about several.
CREATE TABLE IF NOT EXISTS fugitive_reports (
    cart TEXT NOT NULL,
    since_ms BIGINT NOT NULL,
    report TEXT NOT NULL,
    PRIMARY KEY (cart, since_ms, report)
);

-- Where a fugitive was, from its last position before the report on.
CREATE TABLE IF NOT EXISTS trail (
    cart TEXT NOT NULL,
    since_ms BIGINT NOT NULL,
    time_ms BIGINT NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (cart, since_ms, time_ms)
) /* WITHOUT ROWID */;

-- Step 4: when days begin: `minutes` after 00:00, from `first_day` on (days since 1970-01-01). What an
-- earlier release counted began at 00:00. And to which cart's outbox that was told, and when.

-- name: store_step_4
CREATE TABLE day_starts (
    first_day BIGINT NOT NULL PRIMARY KEY,
    minutes BIGINT NOT NULL
);
INSERT INTO day_starts (first_day, minutes)
SELECT 0, 0
WHERE EXISTS (SELECT 1 FROM sources) OR EXISTS (SELECT 1 FROM closed_days);
CREATE TABLE day_starts_told (
    cart TEXT NOT NULL,
    epoch TEXT NOT NULL,
    first_day BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    told_ms BIGINT NOT NULL,
    PRIMARY KEY (cart, epoch)
);

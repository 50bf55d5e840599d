-- Step 22: days whose mail went while they were open, at `day-open`; one correction is owed for each.

-- name: store_step_22
CREATE TABLE open_reports (
    day INTEGER NOT NULL PRIMARY KEY,
    told_ms BIGINT NOT NULL
);

-- Step 32: what persons have asked for, with the time that the law gives (contract, section 10). kind: access,
-- rectification, erasure, objection. The note goes when it is done: that it was asked for and answered stays.

-- name: store_step_32
CREATE TABLE people_requests (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    note TEXT,
    opened_ms BIGINT NOT NULL,
    due_ms BIGINT NOT NULL,
    done_ms BIGINT
);
CREATE INDEX people_requests_by_time ON people_requests (opened_ms, id);
CREATE INDEX people_requests_due ON people_requests (due_ms) WHERE done_ms IS NULL;

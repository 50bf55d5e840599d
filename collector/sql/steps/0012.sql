-- What a sweep or a question visits is found without the rest (docs/engineer.md, "A scan is a decision").

-- name: store_step_12
CREATE INDEX orders_private ON orders (COALESCE(done_ms, cancelled_ms, failed_ms))
WHERE email <> '';
CREATE INDEX reports_noted ON reports (time_ms) WHERE note IS NOT NULL AND status <> 'open';
CREATE INDEX set_aside_of_source ON set_aside (cart, epoch, seq);
CREATE INDEX set_aside_open ON set_aside (time_ms, id) WHERE decision IS NULL;
CREATE INDEX set_aside_texts ON set_aside (decided_ms) WHERE text <> '';
CREATE INDEX tokens_by_end ON tokens (expires_ms);

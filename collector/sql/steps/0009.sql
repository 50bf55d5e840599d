-- Step 9: what must leave, in one table (docs/engineer.md, "What leaves"). A row is written with its
-- cause and goes when its peer has it. Times are milliseconds since 1970.

-- name: store_step_9
-- lane: who sends it; id: made of the cause, unique in its lane. position: the order of a key's rows.
-- queue: whose it is to send (effect_queues.h), '' nobody's yet; null where a lane has one sender
-- for all processes. sent_ms: rows of a compacted topic are kept for a while after that. Key and
-- value are bytes: a dead letter is whatever came. topic: Kafka's; of a mail its recipient, of an
-- alert's change the alert. part: the partition; null: the key's. After
-- expires_ms it is not sent. created_ms, due_ms, attempts: of lanes whose rows are tried one by one.
CREATE TABLE effects (
    lane TEXT NOT NULL,
    id TEXT NOT NULL,
    position BIGINT NOT NULL,
    queue TEXT,
    sent_ms BIGINT,
    expires_ms BIGINT,
    created_ms BIGINT,
    due_ms BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    topic TEXT,
    record_key BYTEA,
    value BYTEA NOT NULL,
    error TEXT,
    source TEXT,
    type TEXT,
    part BIGINT,
    PRIMARY KEY (lane, id)
);
CREATE INDEX effects_by_position ON effects (position);
CREATE INDEX effects_of_queue ON effects (queue, topic, position) WHERE queue IS NOT NULL;
CREATE INDEX effects_of_key ON effects (topic, record_key, position) WHERE record_key IS NOT NULL;
CREATE INDEX effects_of_lane ON effects (lane, due_ms, position) WHERE due_ms IS NOT NULL;
CREATE INDEX effects_kept ON effects (sent_ms) WHERE sent_ms IS NOT NULL;
-- What a release before this one still owes to Kafka. Its table stays as long as it may be used.
INSERT INTO effects (lane, id, position, queue, topic, record_key, value, error, source, type, part)
SELECT CASE topic WHEN 'carrito.commands' THEN 'command' ELSE 'kafka' END, id, position, '', topic,
    record_key, value, error, source, type, part
FROM outgoing;
DELETE FROM outgoing;

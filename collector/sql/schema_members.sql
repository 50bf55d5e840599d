-- Who applied for membership, and what became of it. Times are milliseconds since 1970 UTC.

-- name: schema_members

-- id is the application's, as it came; person is the rut (12345678-5) or the passport that it
-- names, whichever of both columns is not null. status: pending, accepted, rejected.
CREATE TABLE IF NOT EXISTS members (
    id TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    rut TEXT,
    passport TEXT,
    name TEXT NOT NULL,
    lastname TEXT NOT NULL,
    email TEXT NOT NULL,
    plate TEXT NOT NULL,
    premium BIGINT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    applied_ms BIGINT NOT NULL,
    decided_ms BIGINT
);
CREATE INDEX IF NOT EXISTS members_by_time ON members (applied_ms, id);
CREATE INDEX IF NOT EXISTS members_of_person ON members (person, applied_ms);

-- A plate, and a person, has one application that is not rejected.
CREATE UNIQUE INDEX IF NOT EXISTS members_by_plate ON members (plate) WHERE status <> 'rejected';
CREATE UNIQUE INDEX IF NOT EXISTS members_by_person ON members (person) WHERE status <> 'rejected';

-- Applications that were read from Kafka and wait for their turn, as they came.
CREATE TABLE IF NOT EXISTS applications (
    id TEXT NOT NULL PRIMARY KEY,
    part BIGINT NOT NULL,
    record_offset BIGINT NOT NULL,
    append_ms BIGINT NOT NULL,
    queued_ms BIGINT NOT NULL,
    value BYTEA NOT NULL
);
CREATE INDEX IF NOT EXISTS applications_by_turn ON applications (part, record_offset);

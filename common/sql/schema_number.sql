-- The number of the schema beside the tables themselves, for SQLite and PostgreSQL alike.

-- name: schema_number_create
CREATE TABLE IF NOT EXISTS schema_number (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    lowest INTEGER NOT NULL
);

-- name: schema_number_read
SELECT number, lowest FROM schema_number;

-- name: schema_number_write
INSERT INTO schema_number (one, number, lowest) VALUES (1, $1, $2)
ON CONFLICT (one) DO UPDATE SET number = excluded.number, lowest = excluded.lowest;

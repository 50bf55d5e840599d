-- What SQLite says of a file's tables.

-- name: objects
SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master
WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> 'schema_number' ORDER BY 1;

-- name: numbered
SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_number';

-- Does the store answer, and has it our tables?

-- name: health_store
SELECT COUNT(*) FROM (SELECT name FROM users LIMIT 1) AS one;

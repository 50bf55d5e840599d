-- What operators want of the roles.

-- name: role_desired_set
INSERT INTO role_wishes (role, stopped, wished_by, wished_ms) VALUES ($1, $2, $3, $4)
ON CONFLICT (role) DO UPDATE SET stopped = excluded.stopped, wished_by = excluded.wished_by,
    wished_ms = excluded.wished_ms;

-- name: role_desired_read
SELECT stopped FROM role_wishes WHERE role = $1;

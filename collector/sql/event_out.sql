-- Events on their way into Kafka.

-- name: event_out_waiting
SELECT value FROM outgoing WHERE id = $1;

"""Many photos enrolled by several processes and machines, from a queue in the database."""

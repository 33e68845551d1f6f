"""The tables of a gallery: facts about it, people, how photos were read, and enrolled faces."""

from typing import Any

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

MAX_INDEXED = 4000  # numbers of a vector that pgvector indexes as halfvec, at most


class VectorType(TypeDecorator[Any]):
    """A vector: float32 in bytes, lowest first, in SQLite; pgvector's own type in PostgreSQL."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, size: int | None = None):
        super().__init__()
        self.size = size

    def load_dialect_impl(self, dialect: Any) -> Any:
        if dialect.name != "postgresql":
            return dialect.type_descriptor(LargeBinary())
        from pgvector.sqlalchemy import VECTOR

        return dialect.type_descriptor(VECTOR(self.size))


def build_metadata(dim: int | None = None, dialect: str = "sqlite") -> MetaData:
    """The tables of a gallery.

    A row of faces is a face of a photo: `digest` of the file, number of the `face` in it (0 is the
    largest), the photo's name in the folder `source` ("" where that is not known), the `recipe` it
    was read by ("" likewise) and its quality.

    Parameters:
        dim: numbers in a vector; needed to create the tables only.
        dialect: "sqlite" or "postgresql", where each tenant has a partition with its own index.
    """
    metadata, partitioned = MetaData(), dialect == "postgresql"
    Table(
        "triptych_facts",
        metadata,
        Column("name", String(32), primary_key=True),
        Column("value", Text, nullable=False),
    )
    Table(
        "triptych_people",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("tenant", Text, nullable=False),
        Column("name", Text, nullable=False),
        UniqueConstraint("tenant", "name"),
    )
    Table(
        "triptych_recipes",
        metadata,
        Column("recipe", String(32), primary_key=True),
        Column("settings", Text, nullable=False),  # JSON
    )
    faces = Table(
        "triptych_faces",
        metadata,
        # never used again, so an index may lag behind
        Column("id", Integer, primary_key=True, autoincrement=True),
        Column("tenant", Text, nullable=False, primary_key=partitioned),
        Column("person", ForeignKey("triptych_people.id"), nullable=False, index=True),
        Column("digest", String(64), nullable=False),
        Column("face", Integer, nullable=False, server_default="0"),
        Column("photo", Text, nullable=False),
        Column("source", Text, nullable=False, server_default=""),
        Column("recipe", String(32), nullable=False, server_default=""),
        Column("quality", Float),
        Column("vector", VectorType(dim), nullable=False),
        UniqueConstraint("tenant", "digest", "person", "face"),
        sqlite_autoincrement=True,
        postgresql_partition_by="LIST (tenant)",
    )
    Index("triptych_faces_tenant", faces.c.tenant).ddl_if(dialect="sqlite")
    if dim and dim <= MAX_INDEXED:  # half the size, and as good: distances are computed anew
        near = Index(
            "triptych_faces_near",
            text(f"(vector::halfvec({dim})) halfvec_l2_ops"),
            postgresql_using="hnsw",
            postgresql_with={"m": 16, "ef_construction": 100},
            _table=faces,
        )
        near.ddl_if(dialect="postgresql")
    return metadata


_TABLES = build_metadata()
FACTS, PEOPLE, RECIPES, FACES = (
    _TABLES.tables[f"triptych_{name}"] for name in ("facts", "people", "recipes", "faces")
)

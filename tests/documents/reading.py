"""What stands in a document that was made, read back from its bytes."""

from io import BytesIO
from typing import Any

import docx
import openpyxl


def words_of(paper: bytes) -> str:
    """Every text of a docx, in its order, a line each."""
    return "\n".join(_lines(docx.Document(BytesIO(paper))))


def _lines(part: Any) -> list[str]:
    lines = []
    for block in part.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                lines += [line for cell in row.cells for line in _lines(cell)]
        else:
            lines.append(block.text)
    return lines


def tables_of(paper: bytes) -> list[list[list[str]]]:
    """The ruled tables of a docx, as rows of texts."""
    tables = docx.Document(BytesIO(paper)).tables
    ruled = [table for table in tables if table.style and table.style.name == "Table Grid"]
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in ruled]


def cells_of(sheets: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """The rows below the head of every sheet, each with its head first."""
    book = openpyxl.load_workbook(BytesIO(sheets))
    return {page.title: list(page.iter_rows(min_row=4, values_only=True)) for page in book}

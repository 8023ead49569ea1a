"""What pages with a period share: from and to in the address, and the same table as a CSV file that Excel reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.http import HttpResponse

from desk.handoff.hours import TOKYO

BOM = b"\xef\xbb\xbf"


def period(values: Mapping[str, str], *, days: int) -> tuple[date, date]:
    """The first and the last day that are asked for: by default the `days` up to today.

    Raises `ValueError` for what is no date, or a beginning after the end.
    """
    last = date.fromisoformat(values.get("to") or str(datetime.now(TOKYO).date()))
    # `timedelta` past the calendar's beginning is an OverflowError: no date either.
    try:
        first = date.fromisoformat(values.get("from") or str(last - timedelta(days=days - 1)))
        instants(first, last)
    except OverflowError as error:
        raise ValueError(str(error)) from error
    return first, last


def instants(first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last one, in Asia/Tokyo."""
    return datetime.combine(first, time.min, TOKYO), datetime.combine(last + timedelta(days=1), time.min, TOKYO)


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV: UTF-8 with BOM, CRLF. Cells from people go through `transcripts.safe` first."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return BOM + out.getvalue().encode()


def csv_response(rows: Iterable[Sequence[object]], name: str) -> HttpResponse:
    """The same as a file to keep."""
    answer = HttpResponse(csv_bytes(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer

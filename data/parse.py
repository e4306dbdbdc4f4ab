"""What one cell says: a count, a date, a year, an age or a code. An answer is a value, a problem, or both."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches

from data.faults import listed, quoted

DATE_FORMATS = ("yyyy-mm-dd", "dd-mm-yyyy", "dd.mm.yyyy", "dd/mm/yyyy")
LARGEST_COUNT = 999_999_999
OLDEST = 120
EXCEL_EPOCH = date(1899, 12, 30)
LOOKS_LIKE_A_TOTAL = re.compile(r"\b(sub)?totals?\b|\bi ?alt\b|\bsum\b|^all$")


@dataclass(frozen=True)
class Problem:
    """Why a cell can't stand as it is: the name of the rule, and what is wrong and what to do."""

    rule: str
    message: str


@dataclass(frozen=True)
class Numbers:
    """How the source writes counts: what separates thousands (or None), and which texts mean zero."""

    thousands: str | None = None
    zero: tuple[str, ...] = ()

    @property
    def decimal(self) -> str:
        """The decimal mark that goes with the thousands separator."""
        return "," if self.thousands == "." else "."


def fold(text: str | None) -> str:
    """The text as it is compared: without regard to case, to blanks and to how an accent is stored."""
    return " ".join(unicodedata.normalize("NFC", text or "").casefold().split())


def count(text: str, numbers: Numbers) -> tuple[int | None, Problem | None]:
    """The count that `text` writes. A negative count is a value and a problem."""
    said = " ".join(text.split())
    if fold(said) in {fold(zero) for zero in numbers.zero}:
        return 0, None
    if not said:
        return None, Problem("missing_value", "The count is empty. Fill it in; write 0 where there were none.")
    digits = _whole(said, numbers)
    if digits is None:
        return None, _not_whole(said, numbers)
    if len(digits.lstrip("-0")) > len(str(LARGEST_COUNT)):
        return None, Problem("count_too_large", f"{quoted(said)} is too large for a count. Correct it.")
    value = int(digits)
    if value < 0:
        return value, Problem("count_negative", f"The count {quoted(said)} is below zero. Write 0 or more.")
    return value, None


def _whole(said: str, numbers: Numbers) -> str | None:
    """The digits of a whole number, else None. "3.0" is whole; "3.000" is so by `thousands` alone."""
    decimal = re.escape(numbers.decimal)
    if re.fullmatch(rf"-?[0-9]+({decimal}0{{1,2}})?", said):
        return said.partition(numbers.decimal)[0]
    if numbers.thousands:
        mark = re.escape(numbers.thousands)
        if re.fullmatch(rf"-?[0-9]{{1,3}}({mark}[0-9]{{3}})+", said):
            return said.replace(numbers.thousands, "")
    return None


def _not_whole(said: str, numbers: Numbers) -> Problem:
    grouped = re.fullmatch(r"-?[0-9]{1,3}(([.,' ])[0-9]{3})(\2[0-9]{3})*", said)
    if grouped and not numbers.thousands:
        return Problem(
            "count_fraction" if grouped[2] in ".," else "count_not_a_number",
            f"{quoted(said)} is no whole number as it stands. If {quoted(grouped[2])} separates thousands, "
            f"say so in the mapping: [numbers] thousands = {quoted(grouped[2])}. Else correct the count.",
        )
    if re.fullmatch(r"-?[0-9]+[.,][0-9]+", said):
        return Problem("count_fraction", f"The count {quoted(said)} is no whole number. Write a whole number.")
    return Problem(
        "count_not_a_number",
        f"{quoted(said)} is no number. Write a whole number, or, if it means none, say so in the mapping: "
        f"[numbers] zero = [{quoted(said)}].",
    )


def day(text: str, formats: Sequence[str] = DATE_FORMATS) -> tuple[date | None, Problem | None]:
    """The date that `text` writes in one of `formats`; a time of day after an ISO date is passed over."""
    said = text.strip()
    if not said:
        return None, Problem("missing_value", "The date is empty. Fill it in.")
    parts = _date_parts(said, formats)
    if parts is None:
        return None, Problem("date_unreadable", f"{quoted(said)} is no date written as {_or(formats)}. {_hint(said)}")
    try:
        return date(*parts), None
    except ValueError:
        year_, month, day_ = parts
        return None, Problem(
            "date_impossible",
            f"{quoted(said)} is no date: month {month} of {year_} has no day {day_}. Correct it.",
        )


def _date_parts(said: str, formats: Sequence[str]) -> tuple[int, int, int] | None:
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})([T ][0-9:.]+)?", said)
    if iso and "yyyy-mm-dd" in formats:
        return int(iso[1]), int(iso[2]), int(iso[3])
    danish = re.fullmatch(r"([0-9]{1,2})([-./])([0-9]{1,2})\2([0-9]{4})", said)
    if danish and f"dd{danish[2]}mm{danish[2]}yyyy" in formats:
        return int(danish[4]), int(danish[3]), int(danish[1])
    return None


def _hint(said: str) -> str:
    if re.fullmatch(r"[0-9]{5}", said):
        meant = EXCEL_EPOCH + timedelta(days=int(said))
        return f"It may be Excel's number for {meant}: format the column as a date in Excel and save again."
    if re.fullmatch(r"[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{2}", said):
        return "Write the year with four digits."
    return "Correct the date, or name its format in the mapping: [dates] formats."


def year(text: str, written: str = "calendar") -> tuple[int | None, Problem | None]:
    """The year that `text` writes; of a financial year such as 2015/16, the first year."""
    said = text.strip()
    if not said:
        return None, Problem("missing_value", "The year is empty. Fill it in.")
    if written == "financial":
        return _financial_year(said)
    if re.fullmatch(r"[0-9]{4}", said):
        return int(said), None
    advice = "Write four digits"
    if re.fullmatch(r"[0-9]{4}[/-]([0-9]{2}|[0-9]{4})", said):
        advice = 'If it is a financial year, say so in the mapping: [fields.year] written = "financial"'
    return None, Problem("year_unreadable", f"{quoted(said)} is no year. {advice}.")


def _financial_year(said: str) -> tuple[int | None, Problem | None]:
    match = re.fullmatch(r"([0-9]{4})[/-]([0-9]{2}|[0-9]{4})", said)
    if not match:
        advice = "Write it as two years that follow each other, such as 2019/20."
        return None, Problem("financial_year", f"{quoted(said)} is no financial year. {advice}")
    first, second = int(match[1]), match[2]
    if str(first + 1)[-len(second) :] != second:
        return None, Problem(
            "financial_year",
            f"{quoted(said)} is no financial year: the second year must follow the first, as in "
            f"{first}/{(first + 1) % 100:02}. Correct the year.",
        )
    return first, None


def age_group(text: str, groups: Sequence[str], words: dict[str, str]) -> tuple[str | None, Problem | None]:
    """The age group of an age in whole years, or the group that `words` gives for the text."""
    if (known := words.get(fold(text))) is not None:
        return known, None
    said = text.strip()
    if not said:
        advice = 'Fill it in, or say in the mapping what an empty cell means: [fields.age.values] "" = "unknown".'
        return None, Problem("missing_value", f"The age is empty. {advice}")
    if re.fullmatch(r"[0-9]{1,3}", said) and int(said) <= OLDEST:
        for group in groups:
            if (bounds := _bounds(group)) and bounds[0] <= int(said) <= bounds[1]:
                return group, None
    return None, Problem("age", f"{quoted(said)} is no age in whole years from 0 to {OLDEST}. Correct the age.")


def _bounds(group: str) -> tuple[int, int] | None:
    """The youngest and oldest age of a group named "15-17" or "40+"."""
    if match := re.fullmatch(r"([0-9]+)-([0-9]+)", group):
        return int(match[1]), int(match[2])
    if match := re.fullmatch(r"([0-9]+)\+", group):
        return int(match[1]), OLDEST
    return None


def code(text: str, field: str, table: str, words: dict[str, str]) -> tuple[str | None, Problem | None]:
    """The code that `words` (word of the source -> code) gives for `text`; `table` is the mapping's table."""
    known = {fold(word): code for word, code in words.items()}
    if (found := known.get(fold(text))) is not None:
        return found, None
    if not text.strip():
        unknown = [word for word, code in words.items() if code == "unknown" and word.strip()]
        advice = f", write {quoted(unknown[0])}" if unknown else ""
        return None, Problem(
            "missing_value",
            f"The {field} is empty. Fill it in{advice}, or say in the mapping what an empty cell means: "
            f'[{table}.values] "" = ...',
        )
    if (total := total_undeclared(text, field, table)) is not None:
        return None, total
    nearest = get_close_matches(fold(text), known, n=1, cutoff=0.6)
    shown = [word for word in words if fold(word) in nearest]
    advice = f"The nearest known one is {quoted(shown[0])}" if shown else f"Known: {listed(_shown(words))}"
    return None, Problem(
        "unknown_code",
        f"{quoted(text)} is no known {field}. {advice}. Correct it, or translate it in the mapping: [{table}.values].",
    )


def total_undeclared(text: str, field: str, table: str) -> Problem | None:
    """The problem with a total among the values of a field; None where `text` doesn't look like a total."""
    if not LOOKS_LIKE_A_TOTAL.search(fold(text)):
        return None
    return Problem(
        "total_undeclared",
        f"{quoted(text)} stands among the data as if it were a value of {field}. If it is a published total, "
        f"say so in the mapping: [{table}] total = {quoted(text)}; it is then checked against the sum of its "
        "parts. Else remove the row.",
    )


def _shown(words: Collection[str]) -> list[str]:
    return [word for word in words if word.strip()]


def _or(words: Sequence[str]) -> str:
    return " or ".join(words)

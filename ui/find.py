"""Search in plain words: which figure, of which categories and years, does a reader mean?

A small index of all figures and their categories, built from the texts. Nothing is learnt or guessed at random: the
same words find the same figures in the same order. Both languages are understood on either page.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from queries import Release
from ui.answer import codes_in_use, known, periods
from ui.figure import CROSSES, FIGURES
from ui.text import LANGUAGES, label, text, words

EXACT, BEGINS, WITHIN, SLIP = 1.0, 0.8, 0.6, 0.5  # how well a word fits
LEAST_BEGINNING, LEAST_WITHIN, LEAST_SLIP = 3, 5, 6  # letters that it takes to fit in that way
UNSAID = 0.3  # what is taken off for a thing that the figure is about and the reader didn't name
MISSED = 0.7  # what is taken off for a word that this figure doesn't fit, and another does
AE, OE = chr(0xE6), chr(0xF8)  # the Danish letters that are no others with an accent
YEAR = re.compile(r"(?<!\d)(?:1[89]\d\d|20\d\d)(?!\d)")


@dataclass(frozen=True)
class Entry:
    """One thing that can be found: a figure, of all its categories or of some.

    codes: by dimension. about: what it is about, each thing with the folded words for it. implied: more such things,
    which a reader may name but needn't.
    """

    figure: str
    codes: Mapping[str, str]
    about: tuple[frozenset[str], ...]
    implied: frozenset[str]


@dataclass(frozen=True)
class Hit:
    """A figure that was found, as an address asks for it: over years, "" for all of them, or of one period."""

    figure: str
    codes: Mapping[str, str]
    years: str
    period: str
    score: float


@dataclass(frozen=True)
class Found:
    """The hits, best first; the words that nothing was found for; the years that the release doesn't have."""

    hits: tuple[Hit, ...] = ()
    unknown: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Asked:
    tokens: tuple[str, ...]
    years: str
    period: str
    absent: tuple[str, ...]


def fold(words: str) -> str:
    """`words` without capitals and accents, and with the three Danish letters as any keyboard may write them."""
    plain = unicodedata.normalize("NFKD", words.lower().replace(AE, "ae").replace(OE, "o"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return plain.replace("oe", "o").replace("aa", "a")


def tokens(words: str) -> list[str]:
    """The folded words of a text."""
    return re.findall(r"[a-z0-9]+", fold(words))


def find(release: Release, asked: str, most: int = 6) -> Found:
    """What `asked` may mean, the best first. One year is that year alone, two are a range, "since" goes on."""
    said = _read(release, asked)
    index = _index(release)
    named = [token for token in said.tokens if any(_fit(token, entry) for entry in index)]
    unknown = tuple(token for token in said.tokens if token not in named)
    if not named and (unknown or not said.years):
        return Found((), unknown, said.absent)
    scored = [(_score(entry, named), position, entry) for position, entry in enumerate(index)]
    best = sorted((one for one in scored if one[0] > 0 or not named), key=lambda one: (-one[0], one[1]))
    hits = []
    for score, _, entry in best:
        crossed = entry.figure in CROSSES
        if crossed and said.years and not said.period:
            continue  # crossed tables have no free ranges of years
        if len(entry.codes) > 1 and _unsaid(entry, named):
            continue  # one pair of many that only half of was asked for
        if score < best[0][0] - 1:
            break
        when = ("", said.period or periods(release)[0]) if crossed else (said.years, "")
        hits.append(Hit(entry.figure, entry.codes, *when, score))
    return Found(tuple(hits[:most]), unknown, said.absent)


def _read(release: Release, asked: str) -> _Asked:
    """The words and years of what was asked."""
    first, last = release.first_year, release.last_year
    said = [int(year) for year in YEAR.findall(asked)]
    within = [year for year in said if first <= year <= last]
    absent = tuple(str(year) for year in said if year not in within)
    rest = tokens(YEAR.sub(" ", asked))
    since = {token for lang in LANGUAGES for token in tokens(text("search.empty.since", lang))}
    empty = since | {token for lang in LANGUAGES for token in tokens(text("search.empty.words", lang))}
    years = ""
    if within:
        start, end = min(within), max(within)
        if start == end and since & set(rest):
            end = last
        years = str(start) if start == end else f"{start}-{end}"
    left = tuple(dict.fromkeys(token for token in rest if token not in empty))
    return _Asked(left, years, years if years in periods(release) else "", absent)


# The index


@lru_cache(maxsize=8)
def _index(release: Release) -> tuple[Entry, ...]:
    """All that can be found, the plainest first: of two that fit alike, the first is the better."""
    return (*_over_years(release), *_crossed(release))


def _over_years(release: Release) -> Iterator[Entry]:
    plain, coded, several = [], [], []
    for name, figure in FIGURES.items():
        grounded, named = figure.measure == "grounded_share", figure.form in ("share", "index")
        measure, form = _words("grounded" if grounded else "referrals"), _words(figure.form)
        # A share or an index is asked for by name; a count is meant where nothing is said.
        about = (measure,) if grounded else (form,) if named else ()
        implied = form | measure | _both(f"figures.{name}.title")
        if len(figure.codes) > 1:
            several.append(Entry(name, {}, (_words(name),), implied))
        elif figure.codes:
            plain.append(Entry(name, {}, about, implied | _words("total")))
        else:
            dimension = _words(figure.dimension)
            plain.append(Entry(name, {}, (*about, dimension), implied))
            coded += [
                Entry(name, {figure.dimension: code}, (*about, _code(figure.dimension, code)), implied | dimension)
                for code in known(release, figure)
                if not _pending_share(name, code)
            ]
    yield from (*plain, *coded, *several)


def _pending_share(name: str, code: str) -> bool:
    """Pending referrals are outside the base of outcomes, so they have no share."""
    return name == "share_by_outcome" and code == "pending"


def _crossed(release: Release) -> Iterator[Entry]:
    for name, cross in CROSSES.items():
        implied = _words("referrals") | _words("count")
        rows, columns = _words(cross.rows), _words(cross.columns)
        yield Entry(name, {}, (rows, columns), implied)
    for name, cross in CROSSES.items():
        implied = _words("referrals") | _words("count") | _words(cross.rows) | _words(cross.columns)
        for row in codes_in_use(release, cross.rows):
            for column in codes_in_use(release, cross.columns):
                about = (_code(cross.rows, row), _code(cross.columns, column))
                yield Entry(name, {cross.rows: row, cross.columns: column}, about, implied)


@lru_cache
def _words(key: str) -> frozenset[str]:
    return _both(f"search.word.{key}")


@lru_cache
def _both(key: str) -> frozenset[str]:
    """The folded words of a text in both languages, without those that its values would be put into."""
    return frozenset(token for said in words()[key].values() for token in tokens(re.sub(r"\{.*?\}", " ", said)))


@lru_cache
def _code(dimension: str, code: str) -> frozenset[str]:
    labels = {token for lang in LANGUAGES for token in tokens(label(dimension, code, lang))}
    return _both(f"search.code.{dimension}.{code}") | labels


# The score


def _score(entry: Entry, said: list[str]) -> float:
    fits = [_fit(token, entry) for token in said]
    return sum(fits) - MISSED * sum(not fit for fit in fits) - UNSAID * _unsaid(entry, said)


def _unsaid(entry: Entry, said: list[str]) -> int:
    """How many of the things that an entry is about nobody named."""
    return sum(not any(_of(token, thing) for token in said) for thing in entry.about)


def _fit(token: str, entry: Entry) -> float:
    """How well a word fits an entry; a thing that is only implied counts a little less."""
    return max((*(_of(token, thing) for thing in entry.about), _of(token, entry.implied) * 0.9))


@lru_cache(maxsize=4096)
def _of(token: str, thing: frozenset[str]) -> float:
    if token in thing:
        return EXACT
    if any(_begins(token, word) for word in thing):
        return BEGINS
    if len(token) >= LEAST_WITHIN and any(token in word for word in thing):
        return WITHIN
    if len(token) >= LEAST_SLIP and any(len(word) >= LEAST_SLIP and _one_slip(token, word) for word in thing):
        return SLIP
    return 0.0


def _begins(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= LEAST_BEGINNING and len(short) * 2 >= len(long) and long.startswith(short)


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter more, less, or other makes the words the same, or two that changed places."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    swapped = len(a) > 1 and len(b) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped

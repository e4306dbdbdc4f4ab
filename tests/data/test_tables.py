import polars as pl
import pytest

from data import codes, count, policy, tables
from data.policy import PolicyError
from tests.data import tiny

CODES = codes.load()
POLICY = policy.load(CODES)
YEARS = tuple(range(2014, 2026))


@pytest.fixture(scope="module")
def layout():
    return tables.layout(POLICY, CODES, YEARS)


def test_a_table_has_every_code_and_every_total(layout):
    """Six ideologies and a total by four profiles and a total, for 12 years, three periods and all: 7 x 5 x 16."""
    assert layout.cells.filter(table="ideology_resource").height == 7 * 5 * 16


def test_periods_are_those_of_the_policy_and_nothing_else(layout):
    pooled = layout.cells.filter(pl.col("first_year") != pl.col("last_year"))
    assert set(pooled["period"]) == {"2014-2017", "2018-2021", "2022-2025", "all"}


def test_a_period_that_the_records_do_not_fill_is_left_out():
    layout = tables.layout(POLICY, CODES, tuple(range(2016, 2026)))
    assert "2014-2017" not in layout.cells["period"]
    assert "2018-2021" in layout.cells["period"]


def test_an_ideology_that_was_not_in_use_holds_no_combination(layout):
    def margin(year: str) -> int:
        found = layout.cells.filter(
            table="ideology_resource", period=year, ideology="anti_authority", resource_profile="all"
        )
        return len(layout.margins[found["margin"].item()])

    assert margin("2020") == 0
    assert margin("2021") > 0


def test_the_rules_leave_16_ways_for_an_assessment_and_an_outcome(layout):
    """Five interventions need grounded; four other outcomes are grounded or not; pending goes with all three."""
    frame = layout.groups[1].frame.filter(pl.col("year") == 2019)
    assert frame.height == 5 + 2 * 2 + 2 + 2 + 3


def test_combinations_that_break_a_rule_do_not_exist(layout):
    for group in layout.groups[:2]:
        assert group.frame.filter(outcome_group="intervention", assessment="not_grounded").is_empty()
        assert group.frame.filter(pl.col("outcome_group") != "pending", assessment="pending").is_empty()


def test_a_group_of_one_code_is_the_same_number_as_the_code(layout):
    group = layout.cells.filter(
        table="ideology_group", period="2019", ideology_group="militant_islamist", assessment="all"
    )
    code = layout.cells.filter(
        table="ideology_resource", period="2019", ideology="militant_islamist", resource_profile="all"
    )
    assert group["margin"].item() == code["margin"].item()


def test_counting_by_hand(layout):
    """Three referrals in 2019: two grounded right-wing mentors, one not grounded left-wing closed."""
    same = {"source": "ssp", "age_group": "18-24", "gender": "male"}
    mentor = {"ideology": "right_wing", "resource_profile": "vulnerable", "assessment": "grounded", "outcome": "mentor"}
    closed = {"ideology": "left_wing", "resource_profile": "mixed", "assessment": "not_grounded", "outcome": "closed"}
    records = pl.DataFrame(
        [{"year": 2019, **mentor, **same, "count": 2}, {"year": 2019, **closed, **same, "count": 1}],
        schema_overrides={"year": pl.Int32},
    )
    margins = count.margins(count.combinations(records, layout, CODES), layout)
    cells = layout.cells.with_columns(n=pl.Series(margins)[layout.cells["margin"].to_numpy()])

    def n(table: str, period: str, **codes_of: str) -> int:
        return cells.filter(table=table, period=period, **codes_of)["n"].item()

    assert n("ideology_resource", "2019", ideology="all", resource_profile="all") == 3
    assert n("ideology_resource", "2018", ideology="all", resource_profile="all") == 0
    assert n("ideology_resource", "2018-2021", ideology="right_wing", resource_profile="vulnerable") == 2
    assert n("ideology_outcome", "2019", ideology="right_wing", outcome_group="intervention") == 2
    assert n("assessment_ideology", "2019", assessment="grounded", ideology="left_wing") == 0
    assert n("ideology_group", "all", ideology_group="political", assessment="all") == 3
    assert n("outcome", "2019", outcome="closed") == 1


def test_a_record_that_no_combination_holds_is_never_lost_in_silence(layout):
    record = {"year": 2019, "ideology": "right_wing", "resource_profile": "mixed", "assessment": "not_grounded"}
    rest = {"outcome": "mentor", "source": "ssp", "age_group": "18-24", "gender": "male", "count": 1}
    records = pl.DataFrame([record | rest], schema_overrides={"year": pl.Int32})
    with pytest.raises(ValueError, match="no combination"):
        count.combinations(records, layout, CODES)


# What protection asks of the layout, on a table of two by two in two years with a total over both.


@pytest.fixture(scope="module")
def small():
    lists = tiny.codes("ab", "xy")
    return tables.layout(tiny.policy(lists, time='["year", "all"]'), lists, (2005, 2006))


def at(layout: tables.Layout, period: str, ideology: str, profile: str) -> int:
    return layout.cells.filter(period=period, ideology=ideology, resource_profile=profile)["margin"].item()


def test_every_sum_that_a_table_shows_is_there(small):
    """For each time: a, b and all by profile, x, y and all by ideology; for each of 9 cells: the two years."""
    found = tables.sums(small)
    assert len(found) == len(set(found)) == 3 * (3 + 3) + 9

    def parts(*cells: tuple[str, str, str]) -> tuple[int, ...]:
        return tuple(sorted(at(small, *cell) for cell in cells))

    assert (at(small, "2005", "a", "all"), parts(("2005", "a", "x"), ("2005", "a", "y"))) in found
    assert (at(small, "all", "all", "y"), parts(("all", "a", "y"), ("all", "b", "y"))) in found
    assert (at(small, "all", "b", "x"), parts(("2005", "b", "x"), ("2006", "b", "x"))) in found


def test_periods_of_years_and_all_years_of_periods_are_sums():
    lists = tiny.codes("a", "x")
    periods = "{ first_year = 2005, last_year = 2006 }, { first_year = 2007, last_year = 2008 }"
    rules = tiny.policy(lists, time='["year", "period", "all"]', periods=periods)
    layout = tables.layout(rules, lists, (2005, 2006, 2007, 2008))
    years = [at(layout, str(year), "a", "x") for year in layout.years]
    one, two, whole = (at(layout, period, "a", "x") for period in ("2005-2006", "2007-2008", "all"))
    expected = {(one, tuple(years[:2])), (two, tuple(years[2:])), (whole, tuple(years)), (whole, (one, two))}
    assert {(total, tuple(sorted(parts))) for total, parts in tables.sums(layout)} == expected


@pytest.mark.parametrize(
    ("years", "periods"), [((2005,), ""), ((2005, 2006), "{ first_year = 2005, last_year = 2006 }")]
)
def test_years_that_are_called_by_two_names_are_one(years, periods):
    """One year is all years; a period may be all years too."""
    lists = tiny.codes("ab", "xy")
    rules = tiny.policy(lists, time='["year", "period", "all"]', periods=periods)
    layout = tables.layout(rules, lists, years)
    found = tables.sums(layout)
    assert len(found) == len(set(found)) == (6 if len(years) == 1 else 3 * 6 + 9)


def test_what_ties_two_groups_together():
    """Two groups that share ideology a or b: for each year and code, x and y of one are f and m of the other."""
    lists = tiny.codes("ab", "xy")
    lists = codes.CodeLists(lists.dimensions | {"gender": (codes.Code("f"), codes.Code("m"))}, {}, ())
    joint = '[["ideology", "resource_profile"], ["ideology", "gender"]]'
    text = tiny.policy(lists).text.replace('[["ideology", "resource_profile"]]', joint)
    layout = tables.layout(policy.parse(text, lists), lists, (2005, 2006))
    assert layout.size == 2 * (4 + 4)
    found = [({*of[signs > 0].tolist()}, {*of[signs < 0].tolist()}) for of, signs in tables.ties(layout)]
    assert found == [({8, 9}, {0, 1}), ({10, 11}, {2, 3}), ({12, 13}, {4, 5}), ({14, 15}, {6, 7})]
    assert tables.years_of(layout).tolist() == ([2005] * 4 + [2006] * 4) * 2


def test_the_combinations_of_a_cell(small):
    """Each year has a/x, a/y, b/x, b/y in this order."""

    def of(named: dict[str, str], first: int, last: int) -> list[int]:
        found = tables.members(small, named, first, last)
        assert found is not None
        return found.tolist()

    assert of({}, 2005, 2006) == list(range(8))
    assert of({"ideology": "b"}, 2006, 2006) == [6, 7]
    assert of({"ideology": "a", "resource_profile": "y"}, 2005, 2006) == [1, 5]
    assert of({"ideology": "c"}, 2005, 2006) == [] == of({}, 2010, 2011)
    assert tables.members(small, {"gender": "f"}, 2005, 2006) is None


TABLE = '[tables.wrong]\ndimensions = ["{}"]\ntime = ["year"]\n'


@pytest.mark.parametrize(
    ("change", "into", "said"),
    [
        ("threshold = 5", "threshold = 1", "threshold is 1"),
        ("threshold = 5", 'threshold = "5"', "threshold is '5'"),
        ('protection = "mark"', 'protection = "none"', "choose one of mark, hidden"),
        ("{ first_year = 2018", "{ first_year = 2017", "periods overlap"),
        ("[tables.gender]", TABLE.format('source", "gender') + "[tables.gender]", "no group of `joint` holds"),
        ("[tables.gender]", TABLE.format("colour") + "[tables.gender]", "names 'colour'"),
        (
            '["ideology", "gender"],',
            '["ideology", "source", "gender"],',
            "shares ideology, ideology_group, source with several",
        ),
        ("threshold = 5", "threshold 5", "this is not TOML"),
        ("threshold = 5", "", "entry 'threshold' is missing"),
    ],
)
def test_a_policy_that_cannot_be_carried_out_is_refused_with_the_entry(change, into, said):
    text = POLICY.text.replace(change, into, 1)
    assert text != POLICY.text
    if "several" in said:  # source stands alone in a group before it, gender's group would tie two together
        text = text.replace('["ideology", "source"],', '["assessment", "source"],')
        said = "with several groups"
    with pytest.raises(PolicyError, match=said.replace("(", r"\(")):
        policy.parse(text, CODES)

"""The description for programs is true: schemathesis asks for what it allows and for what it doesn't."""

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import BaseSchema, Case, GenerationMode

from tests.web.client import Client
from ui.figure import figure_ids
from ui.text import LANGUAGES
from web.files import BY_KEY

EXAMPLES = 8  # of each address and mode
PATHS = [
    *("/api/v1/", "/api/v1/figures", "/api/v1/releases", "/api/v1/codes", "/api/v1/openapi.json"),
    *(f"/api/v1/figures/{figure}.{{form}}" for figure in figure_ids()),
]


@pytest.fixture
def described(client: Client) -> BaseSchema:
    """The API as its own description has it."""
    schema = schemathesis.openapi.from_url(f"{client.url}/api/v1/openapi.json?lang=en")
    schema.config.checks.negative_data_rejection.expected_statuses.append("414")  # too long is refused too
    return schema


def in_order(case: Case) -> bool:
    """OpenAPI can't say that the first year may not be after the last one; tests/web/test_api.py asks for that."""
    first, last = (str((case.query or {}).get(name, "")) for name in ("first_year", "last_year"))
    return not (first.isdigit() and last.isdigit()) or int(first) <= int(last)


def test_the_description_has_these_addresses_and_no_others(described: BaseSchema):
    assert sorted(described) == sorted(PATHS)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("path", PATHS)
def test_every_address_answers_as_it_is_described(described: BaseSchema, path: str, mode: GenerationMode):
    """Status, type, headers and content; what is allowed is answered, and what isn't is refused."""
    cases = described[path]["GET"].as_strategy(generation_mode=mode).filter(in_order)

    @given(case=cases)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    def ask(case: Case) -> None:
        case.call_and_validate()

    ask()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_description_names_every_figure_form_and_filter(client: Client, lang: str):
    described = client.get(f"/openapi.json?lang={lang}").json()
    assert described["openapi"].startswith("3.1")
    figures = {path.split("/")[-1]: its["get"] for path, its in described["paths"].items() if "{form}" in path}
    assert [name.removesuffix(".{form}") for name in figures] == list(figure_ids())
    for name, operation in figures.items():
        its = {one["name"]: one for one in operation["parameters"]}
        assert its["form"]["schema"]["enum"] == [*BY_KEY]
        assert {"lang", "release"} < its.keys(), name
        assert all(one["description"] for one in its.values())
    assert figures["referrals_by_year.{form}"]["parameters"][1]["schema"] == {
        "type": "integer",
        "enum": [2018, 2019, 2020],
    }


def test_an_older_release_has_a_description_of_its_own(client: Client):
    described = client.get("/openapi.json?release=2020.1").json()
    its = described["paths"]["/api/v1/figures/referrals_by_year.{form}"]["get"]["parameters"]
    assert {one["name"]: one["schema"]["enum"] for one in its if one["name"] in ("first_year", "release")} == {
        "first_year": [2018, 2019],
        "release": ["2020.1"],
    }


def test_the_lists_are_as_described(client: Client):
    described = client.get("/openapi.json").json()
    for name, schema in (("figures", "Figures"), ("releases", "Releases"), ("codes", "Codes")):
        whole = {"$ref": f"#/components/schemas/{schema}", "components": described["components"]}
        jsonschema.validate(client.get(f"/{name}").json(), whole)

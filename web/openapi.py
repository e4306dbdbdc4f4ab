"""The description of the API for programs (OpenAPI 3.1), of one release: it says what each filter may be."""

from typing import Any

from queries import Release
from ui import answer
from ui.figure import figure_ids
from ui.text import LANGUAGES, text
from web import asked
from web.asked import Choice
from web.files import BY_KEY, media_type
from web.problems import MEDIA_TYPE

VERSION = "1"
Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
YEAR: Schema = {"type": "integer"}
NUMBER_OR_NOT: Schema = {"type": ["integer", "null"]}
PROBLEMS = {
    "400": "wrong",
    "401": "sign_in",
    "403": "not_open",
    "404": "missing",
    "405": "method",
    "414": "too_long",
    "503": "no_release",
}


def described(release: Release, lang: str) -> Schema:
    """The whole description."""
    common = [_one("lang", Choice("one", LANGUAGES), lang), _release(release, lang)]
    lists = {
        "figures": ("Figures", common),
        "releases": ("Releases", common[:1]),
        "codes": ("Codes", common),
    }
    paths = {
        f"/api/v1/{name}": {
            "get": _operation(f"list_{name}", text(f"api.{name}", lang), its, {"application/json": _ref(schema)}, lang)
        }
        for name, (schema, its) in lists.items()
    }
    for path, name, content in (
        ("/api/v1/", "index", {"text/html": TEXT}),
        ("/api/v1/openapi.json", "openapi", {"application/json": {"type": "object", "required": ["openapi"]}}),
    ):
        paths[path] = {"get": _operation(name, text(f"api.{name}", lang), common, content, lang)}
    for figure in figure_ids():
        paths[f"/api/v1/figures/{figure}.{{form}}"] = {"get": _figure(release, figure, common, lang)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": text("api.title", lang),
            "version": VERSION,
            "description": f"{text('api.lead', lang)} {text('api.description', lang, version=release.version)}",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "headers": {"ETag": {"schema": TEXT, "required": True}, "Link": {"schema": TEXT, "required": True}},
            "responses": {
                name: {
                    "description": text(f"api.answers.{name}", lang),
                    "content": {MEDIA_TYPE: {"schema": _ref("Problem")}},
                }
                for name in PROBLEMS.values()
            },
        },
    }


def _ref(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}


def _figure(release: Release, figure: str, common: list[Schema], lang: str) -> Schema:
    form = {
        "name": "form",
        "in": "path",
        "required": True,
        "description": text("api.parameter.form", lang),
        "schema": {"type": "string", "enum": [*BY_KEY]},
    }
    its = [_one(name, choice, lang) for name, choice in asked.choices(release, figure).items()]
    content = {media_type(key).split(";", maxsplit=1)[0]: {} for key in BY_KEY}
    content |= {"application/json": {"type": "object"}} if "json" in BY_KEY else {}
    title = answer.title_of(release, figure, lang)
    operation = _operation(figure, title, [form, *its, *common], content, lang)
    operation["responses"]["200"]["headers"]["Link"] = {"$ref": "#/components/headers/Link"}
    return operation


def _one(name: str, choice: Choice, lang: str) -> Schema:
    """A parameter and what it may be."""
    year = name in ("first_year", "last_year")
    allowed: list[str | int] = [int(one) if year else one for one in choice.allowed]
    schema: Schema = {"type": "integer" if year else "string", "enum": allowed}
    described: Schema = {"name": name, "in": "query", "description": text(f"api.parameter.{name}", lang)}
    if choice.kind == "several":
        schema = {"type": "array", "items": schema, "minItems": 1, "uniqueItems": True}
        described |= {"style": "form", "explode": False}
    return described | {"schema": schema}


def _release(release: Release, lang: str) -> Schema:
    """Only the one that is described: another's years and codes differ, and so does its description."""
    return {
        "name": "release",
        "in": "query",
        "description": text("api.parameter.release", lang),
        "schema": {"type": "string", "enum": [release.version]},
    }


def _operation(name: str, summary: str, parameters: list[Schema], content: dict[str, Schema], lang: str) -> Schema:
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {
                "description": text("api.answers.found", lang),
                "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
                "content": {media: {"schema": schema} if schema else {} for media, schema in content.items()},
            },
            "304": {"description": text("api.answers.same", lang)},
            **{status: {"$ref": f"#/components/responses/{key}"} for status, key in PROBLEMS.items()},
        },
    }


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "required": [*properties], "properties": properties}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _schemas() -> Schema:
    release = _object(
        version=TEXT,
        kind={"enum": ["example", "real"]},
        created=TEXT,
        first_year=YEAR,
        last_year=YEAR,
        threshold=YEAR,
        source=TEXT,
    )
    release["properties"] |= {"mark": TEXT}
    listed = _object(version=TEXT, current={"type": "boolean"}, readable={"type": "boolean"})
    listed["properties"] |= release["properties"] | {"problem": TEXT}
    choice = _object(choose={"enum": ["one", "several"]}, allowed=_list(TEXT))
    figure = _object(
        id=TEXT,
        title=TEXT,
        form={"enum": ["count", "share", "index", "cross"]},
        filters={"type": "object", "additionalProperties": choice},
        files={"type": "object", "additionalProperties": TEXT},
    )
    code = _object(
        code=TEXT, label=TEXT, first_year=NUMBER_OR_NOT, last_year=NUMBER_OR_NOT, group={"type": ["string", "null"]}
    )
    problem = _object(type=TEXT, title=TEXT, status=YEAR, detail=TEXT)
    problem["properties"] |= {"parameter": TEXT, "value": TEXT, "allowed": _list(TEXT)}
    return {
        "Release": release,
        "Figures": _object(release=_ref("Release"), figures=_list(figure)),
        "Releases": _object(releases=_list(listed)),
        "Codes": _object(
            release=_ref("Release"), dimensions=_list(_object(dimension=TEXT, label=TEXT, codes=_list(code)))
        ),
        "Problem": problem,
    }

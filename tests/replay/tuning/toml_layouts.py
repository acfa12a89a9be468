"""The same settings in every way in which TOML can be laid out, for properties of edits."""

import tomllib
from typing import Any

from hypothesis import strategies as st

from trailbell.replay.tuning.toml_statements import quoted, quoted_key

Path = tuple[str, ...]

IDS = ("iam-changes", "route-table-changes")

_ROLES = ("Deployer", "/ops/Patcher", "Größe", "a#b", "x]y", "it's")
_NAMES = st.lists(st.sampled_from(_ROLES), unique=True, max_size=3)
_ADDRESSES = st.lists(st.sampled_from(("192.0.2.44", "198.51.100.*")), unique=True, max_size=2)


def _some(keys: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


_EXCLUDE = st.one_of(
    _some({"roles": _NAMES, "source_ips": _ADDRESSES}),
    _some({"events": st.just(["CreateRoute"]), "addresses": _ADDRESSES, "principals": st.just([])}),
)
_DETECTION = _some(
    {
        "severity": st.sampled_from(("high", "low")),
        "threshold": st.sampled_from((1, 3, 50)),
        "period": st.sampled_from((60, 600)),
        "exclude": _EXCLUDE,
    }
)
_CATALOG = _some(
    {
        "packs": st.just(["essentials", "tamper"]),
        "exclude": _EXCLUDE,
        "detection": st.fixed_dictionaries({}, optional=dict.fromkeys(IDS, _DETECTION)),
        "metric_default_value": st.booleans(),
    }
)
_OTHERS: dict[str, st.SearchStrategy[Any]] = {
    "project": st.just({"minimum_version": "0.1"}),
    "lint": _some(
        {"regions": st.just(["eu-central-1"]), "ignore": st.just({"W2001": 'a "b"\n#c'})}
    ),
    "environment": st.just({"prod": {"region": "eu-central-1", "tags": {"a b": "c.d"}}}),
}
SETTINGS = st.one_of(
    _some({"catalog": _CATALOG, **_OTHERS}), _some({"catalogue": _CATALOG, **_OTHERS})
)


@st.composite
def layouts(draw: st.DrawFn) -> str:
    """The text of a valid file."""
    text = draw(SETTINGS.flatmap(laid_out))
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return text.rstrip("\r\n") if draw(st.booleans()) else text


@st.composite
def laid_out(draw: st.DrawFn, settings: dict[str, Any]) -> str:
    """These settings as a text: headers, dotted keys and inline tables, in any mixture."""
    sections: list[str] = []
    first = _section(draw, (), settings, sections)
    text = first + "".join(draw(st.permutations(sections)))
    assert tomllib.loads(text) == settings, text
    return text


def _section(draw: st.DrawFn, header: Path, values: dict[str, Any], sections: list[str]) -> str:
    """The pairs of a table. Tables below it that have headers are added to the sections."""
    lines = ""
    for path, value in _pairs(draw, header, (), values, sections):
        lines += draw(st.sampled_from(("", "", "  ")))
        lines += f"{_key(draw, path)} = {_value(draw, value)}"
        lines += draw(
            st.sampled_from(("\n", "  # why = [\n", "\n# below\n", "\n\n", "\n\n# next\n"))
        )
    return lines


def _pairs(
    draw: st.DrawFn, header: Path, prefix: Path, values: dict[str, Any], sections: list[str]
) -> list[tuple[Path, Any]]:
    pairs: list[tuple[Path, Any]] = []
    for name in draw(st.permutations(list(values))):
        value, path = values[name], (*prefix, name)
        if not isinstance(value, dict):
            pairs.append((path, value))
            continue
        # A table made by dotted keys cannot have a header of its own, and one without keys none.
        styles = ["inline"] + ["dotted"] * bool(value) + ["header"] * (not prefix)
        match draw(st.sampled_from(styles)):
            case "inline":
                pairs.append((path, value))
            case "dotted":
                pairs += _pairs(draw, header, path, value, sections)
            case _:
                below = (*header, *path)
                text = _section(draw, below, value, sections)
                implied = value and not text and draw(st.booleans())
                if not implied:
                    spaces = draw(st.sampled_from(("", " ")))
                    end = draw(st.sampled_from(("\n", " # [a]\n", "\n# under\n", "\n\n")))
                    sections.append(f"[{spaces}{_key(draw, below)}{spaces}]{end}{text}")
    return pairs


def _key(draw: st.DrawFn, path: Path) -> str:
    return draw(st.sampled_from((".", " . "))).join(
        draw(st.sampled_from((quoted_key((part,)), quoted(part)))) for part in path
    )


def _value(draw: st.DrawFn, value: Any) -> str:
    match value:
        case dict():
            pairs = (f"{_key(draw, (k,))} = {_value(draw, v)}" for k, v in value.items())
            return draw(st.sampled_from(("{{{}}}", "{{ {} }}"))).format(", ".join(pairs))
        case list():
            items = [_value(draw, item) for item in value]
            return draw(st.sampled_from(tuple(_arrays(items))))
        case str() if "\n" in value:
            return draw(st.sampled_from((quoted(value), f"'''{value}'''", f'"""\n{value}"""')))
        case str():
            return draw(st.sampled_from((quoted(value), f'"""{value}"""')))
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _arrays(items: list[str]) -> list[str]:
    lines = "".join(f"    {item}, # {number}]\n" for number, item in enumerate(items))
    last = ",\n".join(f"  {item}" for item in items)
    forms = [f"[{', '.join(items)}]", f"[\n{lines}]", f"[\n{lines}    # last\n]"]
    return [*forms, f"[{', '.join(items)},]", f"[\n{last} # end\n]"] if items else forms

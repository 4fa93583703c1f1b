"""Pydantic models made from a policy's facts: `policy.models.Lead`.

Each field of the fact is a field of the model, under the fact's own name where Python takes it as a name, else under
a name close to it with the fact's name as alias: a model can be made with either. Fields that aren't required may be
left out. The texts that mean unknown are accepted in every field.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Literal, Union

from pydantic import BaseModel, ConfigDict, Field, InstanceOf, create_model

from leadpolicy.compiler import ir
from leadpolicy.compiler.diagnostics import nearest
from leadpolicy.engine.reading import link_names

_PLAIN: dict[str, Any] = {
    "text": str,
    "int": int,
    "number": Decimal,
    "bool": bool,
    "money": Decimal,
    "percent": Decimal,
    "duration": timedelta | str,
    "work_hours": Decimal,
    "workdays": Decimal,
    "time": datetime,
    "date": date,
    "email": str,
    "phone": str,
}


class FactModel(BaseModel):
    """Base of the models made from facts."""

    model_config = ConfigDict(populate_by_name=True, extra="forbid")

    fact_name: ClassVar[str] = ""
    field_names: ClassVar[dict[str, str]] = {}
    """The fact's name of each field, by the model's name for it."""

    def to_record(self) -> dict[str, object]:
        """The values under the fact's own names, as `decide` takes them."""
        values = self.__dict__
        return {name: _plain(values[attribute]) for attribute, name in type(self).field_names.items()}


def _plain(value: object) -> object:
    return value.to_record() if isinstance(value, FactModel) else value


class Models:
    """The models of a policy, by the names of its facts."""

    def __init__(self, policy: ir.Policy) -> None:
        self._models = {
            fact.name: _model(fact, None if fact.of is None else policy.fact(fact.of)) for fact in policy.facts
        }

    def __getattr__(self, name: str) -> type[FactModel]:
        models: dict[str, type[FactModel]] = self.__dict__.get("_models", {})
        if name in models:
            return models[name]
        near = nearest(name, models)
        raise AttributeError(f"the policy has no fact {name}" + (f"; did you mean {near}?" if near else ""))

    def __getitem__(self, name: str) -> type[FactModel]:
        return self._models[name]

    def __iter__(self) -> Iterator[type[FactModel]]:
        return iter(self._models.values())

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._models]


def _model(fact: ir.Fact, target: ir.Fact | None) -> type[FactModel]:
    attributes: dict[str, str] = {}
    fields: dict[str, Any] = {}
    for field in fact.fields:
        attribute = _attribute(field.name, attributes)
        attributes[attribute] = field.name
        fields[attribute] = _field(field, attribute)
    if target is not None:
        key = next((field.name for field in target.fields if field.key), None)
        link = next(n for n in link_names(target.name, key) if all(field.name != n for field in fact.fields))
        attribute = _attribute(link, attributes)
        attributes[attribute] = link
        about = f"The {target.name} that it belongs to."
        settings: dict[str, Any] = {"description": about} | ({} if attribute == link else {"alias": link})
        fields[attribute] = (str | int | InstanceOf[FactModel] | None, Field(None, **settings))
    model = create_model(fact.name, __base__=FactModel, __doc__=f"The fact {fact.name}.", **fields)
    model.fact_name = fact.name
    model.field_names = attributes
    return model


def _attribute(name: str, taken: dict[str, str]) -> str:
    """A name that Python and Pydantic take, as close to the fact's as can be."""
    attribute = name.lstrip("_") or "field"
    if not attribute.isidentifier():
        attribute = "field_" + "".join(c if c.isidentifier() or c.isdigit() else "_" for c in attribute)
    while keyword.iskeyword(attribute) or hasattr(FactModel, attribute) or attribute in taken:
        attribute += "_"
    if attribute.startswith("model_"):
        attribute = f"field_{attribute}"
    return attribute


def _field(field: ir.FactField, attribute: str) -> tuple[Any, Any]:
    kind = _type(field.type)
    if field.markers and field.type.kind not in ("text", "email", "phone"):
        kind = Union[kind, Literal[field.markers]]  # noqa: UP007 (built at run time)
    required = field.key or field.required
    default: Any = ... if required else None
    alias = field.name if attribute != field.name else None
    settings: dict[str, Any] = {"title": field.label, "description": field.ask}
    if alias is not None:
        settings["alias"] = alias
    return (kind if required else kind | None), Field(default, **settings)


def _type(declared: ir.Type) -> Any:
    if declared.kind == "choice":
        return Literal[declared.choices or ()]
    if declared.kind == "list":
        return list[_type(declared.item)] if declared.item else list[str]  # type: ignore[misc]
    if declared.kind == "fact":
        return str | InstanceOf[FactModel]
    return _PLAIN[declared.kind]

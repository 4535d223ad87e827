"""The order of the house, read from the source: who may name whom."""

import ast
import re
import sys
from pathlib import Path

import pytest

ADDON = Path(__file__).resolve().parents[2]
GLUE = [path.parent for path in sorted(ADDON.parent.glob("glue/*/__manifest__.py"))]
ROOMS = (
    "intake",
    "validation",
    "promise",
    "reorder",
    "fulfillment",
    "shipping",
    "returns",
    "insight",
)
HALL = "common"
RELATIONS = {"Many2one", "One2many", "Many2many"}
DOCUMENT_READERS = {"lxml", "openpyxl"}
PARTS = {"controllers", "models", "static", "tests", "views", "i18n", "__pycache__"}  # of glue


def python_files(*parts, addon=ADDON):
    return sorted(addon.joinpath(*parts).rglob("*.py"))


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def strings(node):
    return [
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def class_assignments(class_node, name):
    """The strings assigned to ``name`` in a class body."""
    for statement in class_node.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in statement.targets
        ):
            return strings(statement.value)
    return []


def classes(path):
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.ClassDef)]


def own_models():
    """Model name -> room (or the hall, wizards, joints) that defines it."""
    found = {}
    for place in (HALL, *ROOMS):
        for path in python_files("models", place):
            for node in classes(path):
                for name in class_assignments(node, "_name"):
                    found.setdefault(name, place)
    return found


MODELS = own_models()


def room_of(path, addon=ADDON):
    parts = path.relative_to(addon / "models").parts
    return parts[0] if len(parts) > 1 else None


def named_models(tree):
    """(model name, is a relational field's comodel) of every model of ours in a file."""
    comodels = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in RELATIONS:
            values = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "comodel_name")]
            comodels.update(id(value) for value in values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in MODELS:
            yield node.value, id(node) in comodels


def test_the_rooms_are_found():
    assert "order.check" in MODELS and "order.lock" in MODELS


def test_tools_are_plain_python():
    wrong = []
    for path in python_files("tools"):
        allowed = sys.stdlib_module_names | {"tools"}
        if "documents" in path.parts:
            allowed = allowed | DOCUMENT_READERS
        for node in ast.walk(tree_of(path)):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            wrong += [(path.name, name) for name in names if name.split(".")[0] not in allowed]
    assert wrong == []


@pytest.mark.parametrize("room", (HALL, *ROOMS))
def test_a_room_names_no_sibling(room):
    """A later room may point at an earlier one by a foreign key, and in no other way."""
    order = {place: rank for rank, place in enumerate((HALL, *ROOMS))}
    wrong = []
    for path in python_files("models", room):
        if path.name == "access.py":
            continue  # the role table names every room's methods
        for model, is_comodel in named_models(tree_of(path)):
            owner = MODELS[model]
            if owner in (room, HALL) or room == "insight":
                continue
            if not (is_comodel and order[owner] < order[room]):
                wrong.append((path.name, model, owner))
    assert wrong == []


@pytest.mark.parametrize("room", (HALL, *ROOMS))
def test_a_room_imports_no_sibling(room):
    wrong = []
    for path in python_files("models", room):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and node.level:
                target = (node.module or "").split(".")
                depth = len(path.relative_to(ADDON / "models" / room).parts)
                if node.level == depth + 1 and target[0] not in (HALL, ""):
                    wrong.append((path.name, node.module))
    assert wrong == []


@pytest.mark.parametrize("room", (HALL, *ROOMS))
def test_a_room_s_sql_names_no_sibling_s_table(room):
    tables = {
        model.replace(".", "_"): owner
        for model, owner in MODELS.items()
        if owner not in (room, HALL)
    }
    wrong = []
    for path in python_files("models", room):
        for text in strings(tree_of(path)):
            if not re.search(r"\b(SELECT|INSERT|UPDATE|DELETE)\b", text):
                continue
            words = set(re.findall(r"[a-z_]+", text))
            wrong += [(path.name, table) for table in tables if table in words]
    assert room == "insight" or wrong == []


def extensions_of(addon):
    """Core model -> the joint that extends it, and what is wrong with others."""
    seen, wrong = {}, []
    for path in python_files("models", addon=addon):
        for node in classes(path):
            names = class_assignments(node, "_name")
            parents = class_assignments(node, "_inherit")
            for model in names[:1] or parents[:1]:
                if model not in (*names, *parents) or model not in parents:
                    continue
                if model in MODELS and model.startswith("order."):
                    continue
                if room_of(path, addon):
                    wrong.append((path.name, model, "outside a joint"))
                if model in seen:
                    wrong.append((path.name, model, f"also in {seen[model]}"))
                seen[model] = path.name
    return seen, wrong


@pytest.mark.parametrize("addon", (ADDON, *GLUE), ids=lambda addon: addon.name)
def test_core_models_are_extended_in_joints_and_once(addon):
    seen, wrong = extensions_of(addon)
    assert wrong == []
    assert addon != ADDON or "sale.order" in seen


def test_mixins_of_a_joint_hide_nothing_of_each_other():
    """Two rooms that give the same name to a method or field would get the first one's."""
    owned = {}
    for path in python_files("models"):
        for node in classes(path):
            for model in class_assignments(node, "_name")[:1]:
                owned[model] = {
                    name
                    for part in node.body
                    for name in names_of(part)
                    if name not in {"_name", "_description", "_inherit"}
                }
    wrong = []
    for path in sorted((ADDON / "models").glob("*.py")):
        for node in classes(path):
            holders = {}
            for mixin in class_assignments(node, "_inherit"):
                if not mixin.startswith(
                    ("order.", "product.", "vendor.")
                ) or mixin == path.stem.replace("_", "."):
                    continue
                for name in owned.get(mixin, ()):
                    if name in holders:
                        wrong.append((path.name, name, holders[name], mixin))
                    holders[name] = mixin
    assert wrong == []


def names_of(part):
    """What one statement of a class body defines."""
    if isinstance(part, ast.FunctionDef):
        return [part.name]
    if isinstance(part, ast.Assign):
        return [target.id for target in part.targets if isinstance(target, ast.Name)]
    return []


@pytest.mark.parametrize("addon", (ADDON, *GLUE), ids=lambda addon: addon.name)
def test_core_views_are_extended_once(addon):
    seen, wrong = {}, []
    for path in sorted(addon.rglob("*.xml")):
        text = path.read_text()
        views = re.findall(r'name="inherit_id"\s+ref="([^"]+)"', text)
        for view in (*views, *re.findall(r'<template[^>]+inherit_id="([^"]+)"', text)):
            if view in seen:
                wrong.append((view, path.name, seen[view]))
            seen[view] = path.name
    assert wrong == []


def test_views_of_a_room_name_no_sibling_s_records():
    wrong = []
    for room in ROOMS:
        for folder in ("views", "data", "security"):
            for path in sorted(ADDON.joinpath(folder, room).rglob("*.xml")):
                text = path.read_text()
                models = set(re.findall(r'model="([a-z._]+)"|ref="model_([a-z_]+)"', text))
                names = {(a or b.replace("_", ".")) for a, b in models}
                wrong += [
                    (path.name, name)
                    for name in names
                    if MODELS.get(name, HALL) not in (room, HALL)
                ]
    assert wrong == []


def public_methods():
    """(file, class model, method, decorators) of every method that can be called remotely."""
    for path in (path for addon in (ADDON, *GLUE) for path in python_files("models", addon=addon)):
        for node in classes(path):
            models = class_assignments(node, "_name") or class_assignments(node, "_inherit")
            if not models:
                continue
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                    decorators = {
                        getattr(part, "id", getattr(part, "attr", ""))
                        for decorator in method.decorator_list
                        for part in ast.walk(decorator)
                    }
                    yield path, models[0], method, decorators


CORE_METHODS = {"create", "write", "unlink", "copy", "name_create", "copy_data", "default_get"}


def test_public_methods_are_decorated_or_buttons():
    """A method without underscore is an endpoint: it checks the role, or is a button, or core's."""
    wrong = []
    for path, _model, method, decorators in public_methods():
        is_joint = ADDON in path.parents and room_of(path) is None
        if (
            "public" in decorators
            or "private" in decorators
            or method.name.startswith("action_")
            or method.name in CORE_METHODS
            or is_joint
        ):
            continue
        wrong.append((path.name, method.name))
    assert wrong == []


def test_public_methods_tell_their_contract():
    wrong = [
        (path.name, method.name)
        for path, _model, method, decorators in public_methods()
        if "public" in decorators and ":return" not in (ast.get_docstring(method) or "")
    ]
    assert wrong == []


@pytest.mark.parametrize("addon", (ADDON, *GLUE), ids=lambda addon: addon.name)
def test_test_modules_are_imported_by_name(addon):
    """Odoo's loader looks only at the names in ``tests/__init__.py``."""
    listed = set(re.findall(r"import (test_\w+)", (addon / "tests" / "__init__.py").read_text()))
    found = {path.stem for path in (addon / "tests").glob("test_*.py")}
    assert listed == found != set()


@pytest.mark.parametrize("addon", GLUE, ids=lambda addon: addon.name)
def test_glue_installs_itself(addon):
    """It joins the addon with an optional module, named after it, wherever both are there."""
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    assert manifest["auto_install"] is True
    assert manifest["license"] == "LGPL-3"
    assert manifest["depends"][0] == ADDON.name
    assert addon.name == "_".join(manifest["depends"])
    assert {folder.name for folder in addon.iterdir() if folder.is_dir()} <= PARTS


@pytest.mark.parametrize("addon", (ADDON, *GLUE), ids=lambda addon: addon.name)
def test_every_data_file_is_loaded(addon):
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    listed = {*manifest["data"], *manifest.get("demo", [])}
    found = {
        str(path.relative_to(addon))
        for ending in ("xml", "csv")
        for path in addon.rglob(f"*.{ending}")
        if path.relative_to(addon).parts[0] not in {"static", "tests"}
    }
    assert listed >= found


def test_test_modules_are_prefixed_with_their_room():
    prefixes = (HALL, *ROOMS, "house", "portal")
    wrong = [
        path.name
        for path in (ADDON / "tests").glob("test_*.py")
        if path.stem.split("_")[1] not in prefixes
    ]
    assert wrong == []


def test_templates_hold_no_text_in_expressions():
    """A text in an expression is never translated; a method with ``_t`` gives it."""
    wrong = [
        (path.name, found)
        for addon in (ADDON, *GLUE)
        for path in (addon / "static" / "src").rglob("*.xml")
        for found in re.findall(
            r"""t-(?:att-(?:aria-label|title|alt|placeholder|data-tooltip)|esc|out)="[^"]*'[^'"]*"""
            r"""[A-Za-z]{2}[^'"]*'""",
            path.read_text(),
        )
    ]
    assert wrong == []

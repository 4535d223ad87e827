"""What is wrong with a document, in the shape every public method answers with."""

from __future__ import annotations

Error = dict[str, str]


def error(code: str, message: str, path: str = "") -> Error:
    """Return one item for an `errors` list."""
    return {"code": code, "message": message, "path": path}


def join(path: str, key: str) -> str:
    """Return the path of `key` inside `path`; the root's path is empty."""
    return f"{path}.{key}" if path else key

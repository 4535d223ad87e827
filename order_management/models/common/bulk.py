"""Store many rows at once, of models that only grow."""

import json

from odoo import fields
from odoo.tools import SQL, float_repr, float_round, json_default

_ENCODE = json.JSONEncoder(ensure_ascii=False, default=json_default, separators=(",", ":")).encode


def insert_rows(model, vals_list, unless="", where=""):
    """Insert rows in one statement, past ``create``.

    For evidence alone, which is written with every order: the model must have neither computed
    nor relational columns to many, no constraint in Python and nobody who listens to ``create``.

    :param model: empty recordset of the model, in an environment that may write
    :param list vals_list: field values; what is left out gets its default
    :param str unless: columns of a unique index; rows that it knows are left alone
    :param str where: the condition of that index, if it has one
    :return: the new records
    """
    if not vals_list:
        return model.browse()
    model.env.cr.execute(_insert(model, vals_list, unless, where))
    _forget_inverses(model)
    return model.browse([found for (found,) in model.env.cr.fetchall()])


def insert_sets(sets):
    """Insert rows of several models in one statement, on the terms of :func:`insert_rows`.

    :param list sets: ``(model, vals_list)``
    :return list: the new records of each set, in its order
    """
    wanted = [(index, part) for index, part in enumerate(sets) if part[1]]
    found = [[] for _part in sets]
    if wanted:
        statement = _insert(*wanted[0][1])
        if len(wanted) > 1:
            statement = SQL(
                "WITH %s %s",
                SQL(", ").join(
                    SQL("%s AS (%s)", SQL.identifier(f"set_{index}"), _insert(*part))
                    for index, part in wanted
                ),
                SQL(" UNION ALL ").join(
                    SQL("SELECT %s, id FROM %s", index, SQL.identifier(f"set_{index}"))
                    for index, _part in wanted
                ),
            )
        env = wanted[0][1][0].env
        env.cr.execute(statement)
        for row in env.cr.fetchall():
            found[row[0] if len(wanted) > 1 else wanted[0][0]].append(row[-1])
    for _index, (model, _vals_list) in wanted:
        _forget_inverses(model)
    return [model.browse(ids) for (model, _vals_list), ids in zip(sets, found, strict=True)]


def _insert(model, vals_list, unless="", where=""):
    now, uid = fields.Datetime.now(), model.env.uid
    log = {"create_uid": uid, "create_date": now, "write_uid": uid, "write_date": now}
    names = [
        name for name, field in model._fields.items() if field.column_type and field.store
    ]  # fmt: skip
    names.remove("id")
    defaults = {
        name: model._fields[name].default(model) for name in names if model._fields[name].default
    }
    rows = [{**defaults, **log, **vals} for vals in vals_list]
    condition = f"WHERE {where}" if where else ""
    varied = _find_varied(model, names, rows)
    if varied and len(varied) < len(names):
        source = SQL(
            "SELECT %s FROM (VALUES %s) AS new (%s)",
            SQL(", ").join(
                _source(model, name)
                if name in varied
                else _Column(model, name).convert_to_sql(rows[0].get(name, False))
                for name in names
            ),
            _values(model, varied, rows),
            SQL(", ").join(map(SQL.identifier, varied)),
        )
    else:
        source = SQL("VALUES %s", _values(model, names, rows))
    return SQL(
        "INSERT INTO %s (%s) %s %s RETURNING id",
        SQL.identifier(model._table),
        SQL(", ").join(map(SQL.identifier, names)),
        source,
        SQL(f"ON CONFLICT ({unless}) {condition} DO NOTHING") if unless else SQL(),
    )


def _find_varied(model, names, rows):
    """Columns that are not the same in all rows: the others are converted and sent once."""
    if len(rows) < 2:
        return names
    first, varied = rows[0], []
    for name in names:
        one = first.get(name, False)
        kind = one.__class__
        if kind in (list, dict) or any(
            value is not one and (value.__class__ is not kind or value != one)
            for value in (row.get(name, False) for row in rows)
        ):
            varied.append(name)
    return varied


def _source(model, name):
    kind = model._fields[name].column_type[0]
    return SQL("new.%s::" + kind, SQL.identifier(name))


def update_rows(model, vals_by_id):
    """Update rows in one statement, past ``write``; on the same terms as :func:`insert_rows`.

    :param model: empty recordset of the model, in an environment that may write
    :param dict vals_by_id: id → field values, all of the same fields
    """
    if not vals_by_id:
        return
    log = {"write_uid": model.env.uid, "write_date": fields.Datetime.now()}
    rows = [{"id": row_id, **log, **vals} for row_id, vals in vals_by_id.items()]
    varied = ["id", *_find_varied(model, list(rows[0])[1:], rows)]
    records = model.browse(vals_by_id)
    records.flush_recordset()
    model.env.cr.execute(
        SQL(
            "UPDATE %(table)s SET %(assignments)s FROM (VALUES %(values)s) AS new (%(names)s) "
            "WHERE %(table)s.id = new.id",
            table=SQL.identifier(model._table),
            assignments=SQL(", ").join(
                SQL(
                    "%s = %s",
                    SQL.identifier(name),
                    _source(model, name)
                    if name in varied
                    else _Column(model, name).convert_to_sql(rows[0][name]),
                )
                for name in list(rows[0])[1:]
            ),
            values=_values(model, varied, rows),
            names=SQL(", ").join(map(SQL.identifier, varied)),
        )
    )
    records.invalidate_recordset(flush=False)
    _forget_inverses(model)


def _values(model, names, rows):
    """The rows of a VALUES list, as one flat piece: many small ones cost more than the query."""
    columns = [
        _Column(model, name).convert_all([row.get(name, False) for row in rows]) for name in names
    ]
    place = f"({', '.join(['%s'] * len(names))})"
    values = [value for row in zip(*columns, strict=True) for value in row]
    return SQL(", ".join([place] * len(rows)), *values)


class _Column:
    """Converts values of a field, each one once: rows of a set are much alike."""

    def __init__(self, model, name):
        self.model, self.name, self.field = model, name, model._fields[name]
        self.known = {}
        field = self.field
        is_plain = field.type == "float" and not field.company_dependent
        digits = field.get_digits(model.env) if is_plain else None
        self.scale = digits[1] if digits else None  # core asks for it with every value
        self.is_plain_number = is_plain and not digits and field.column_type[0] == "float8"

    def convert_all(self, values):
        """The values of a column, those that need no work all at once."""
        kinds = set(map(type, values))
        if self.is_plain_number and kinds == {float}:
            return values
        is_number = self.field.type in ("many2one", "integer") and not self.field.company_dependent
        if is_number and kinds == {int}:
            return [value or None for value in values] if self.field.relational else values
        return [self.convert(value) for value in values]

    def convert_to_sql(self, value):
        """A value that all rows have, with its type."""
        return SQL("%s::" + self.field.column_type[0], self.convert(value))

    def convert(self, value):
        key = value.__class__, value
        try:
            return self.known[key]
        except KeyError:
            self.known[key] = found = self._convert_new(value)
            return found
        except TypeError:  # lists and dictionaries
            if self.field.type == "json":  # core writes, reads and writes it again
                return _ENCODE(value) if value else None
            return self.field.convert_to_column_insert(value, self.model)

    def _convert_new(self, value):
        if self.scale is None:
            return self.field.convert_to_column_insert(value, self.model)
        rounded = float_round(float(value or 0.0), precision_digits=self.scale)
        return float_repr(rounded, precision_digits=self.scale)


def _forget_inverses(model):
    """Lists of these rows that were read before lack the new ones."""
    for field in model._fields.values():
        for inverse in model.pool.field_inverses[field]:
            model.env[inverse.model_name].invalidate_model([inverse.name], flush=False)

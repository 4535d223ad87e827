"""Store many rows at once, of models that only grow."""

from odoo import fields
from odoo.tools import SQL


def insert_rows(model, vals_list):
    """Insert rows in one statement, past ``create``.

    For evidence alone, which is written with every order: the model must have neither computed
    nor relational columns to many, no constraint in Python and nobody who listens to ``create``.

    :param model: empty recordset of the model, in an environment that may write
    :param list vals_list: field values; what is left out gets its default
    :return: the new records
    """
    if not vals_list:
        return model.browse()
    now, uid = fields.Datetime.now(), model.env.uid
    log = {"create_uid": uid, "create_date": now, "write_uid": uid, "write_date": now}
    names = [
        name for name, field in model._fields.items() if field.column_type and field.store
    ]  # fmt: skip
    names.remove("id")
    defaults = {
        name: model._fields[name].default(model) for name in names if model._fields[name].default
    }
    rows = [_prepare_row(model, names, {**defaults, **log, **vals}) for vals in vals_list]
    query = SQL(
        "INSERT INTO %s (%s) VALUES %s RETURNING id",
        SQL.identifier(model._table),
        SQL(", ").join(map(SQL.identifier, names)),
        SQL(", ").join(rows),
    )
    model.env.cr.execute(query)
    _forget_inverses(model)
    return model.browse([found for (found,) in model.env.cr.fetchall()])


def _prepare_row(model, names, vals):
    columns = (
        model._fields[name].convert_to_column_insert(vals.get(name, False), model) for name in names
    )
    return SQL("(%s)", SQL(", ").join(SQL("%s", column) for column in columns))


def _forget_inverses(model):
    """Lists of these rows that were read before lack the new ones."""
    for field in model._fields.values():
        for inverse in model.pool.field_inverses[field]:
            model.env[inverse.model_name].invalidate_model([inverse.name], flush=False)

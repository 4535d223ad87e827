"""The only place that asks whether an optional module is there."""


def has_model(env, name):
    """Whether the model ``name`` exists in this database."""
    return name in env.registry


def has_field(env, model, name):
    """Whether ``model`` exists and has the field ``name``."""
    return model in env.registry and name in env[model]._fields

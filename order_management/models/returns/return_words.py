"""Decisions about returns in words that customers may read."""

from datetime import timedelta

from markupsafe import Markup

from odoo.fields import Date
from odoo.tools import format_date

# Verdicts that rest on when the goods were delivered.
COUNTED = ("rule", "outside_window", "late", "evidence_missing")


def explain(env, verdict, line, quantity, returnable, facts=None):
    """Why a line was decided so, in a sentence or two.

    :param dict facts: what the verdict rests on; without, the days are not told
    """
    values = {
        "product": line.product_id.display_name or "",
        "quantity": f"{quantity:g}",
        "returnable": f"{returnable:g}",
        "days": verdict.window_days,
        "last_day": _tell_last_day(env, verdict, facts),
    }
    sentences = {
        "accept": env._(
            "It can be returned until %(last_day)s: the window is %(days)s days.", **values
        ),
        "review": env._("We look at each of these requests before we decide."),
        "refuse": env._("%(product)s can't be returned.", **values),
        "no_rule": env._("No rule of our return policy fits; a person decides."),
        "not_offered": env._("This resolution is not offered."),
        "not_returnable": env._("Nothing of %(product)s is left to return.", **values),
        "too_many": env._(
            "%(quantity)s are asked back, but only %(returnable)s can still be returned.", **values
        ),
        "outside_window": env._(
            "The return window of %(days)s days closed on %(last_day)s.", **values
        ),
        "late": env._(
            "The return window of %(days)s days closed on %(last_day)s; a person decides.",
            **values,
        ),
        "evidence_missing": env._("We need a photo to decide at once; now a person decides."),
        "foreign": env._(
            "We know of no order of these goods; a person decides about them and their price."
        ),
        "unseen": env._("We find out what became of it before we decide."),
        "condition_missing": env._(
            "We need to know whether it was opened to decide at once; now a person decides."
        ),
    }
    sentence = sentences[verdict.decision if verdict.code == "rule" else verdict.code]
    if not facts or not facts.get("delivered_on"):
        return sentence if verdict.code != "rule" or verdict.decision != "accept" else _plain(env)
    if verdict.code not in COUNTED or (verdict.code == "rule" and verdict.decision != "accept"):
        return sentence
    return f"{sentence} {_tell_start(env, facts)}"


def tell_day(env, day):
    """A day as people write it, in the reader's language."""
    return format_date(env, day, date_format="long")


def last_day_of(verdict, facts):
    """The last day on which the goods may be asked back, or ``False``."""
    if verdict.window_days is False or not facts.get("delivered_on"):
        return False
    return Date.to_date(facts["delivered_on"]) + timedelta(days=verdict.window_days)


def as_list(sentences):
    """Sentences as an HTML list, or ``False`` without any."""
    items = Markup().join(Markup("<li>%s</li>") % one for one in sentences)
    return bool(sentences) and Markup("<ul class='mb-0'>%s</ul>") % items


def _tell_last_day(env, verdict, facts):
    day = facts and last_day_of(verdict, facts)
    return tell_day(env, day) if day else ""


def _plain(env):
    return env._("Our return policy allows it.")


def _tell_start(env, facts):
    """From when the days are counted."""
    day = tell_day(env, facts["delivered_on"])
    if facts.get("delivered_by") == "transfer":
        return env._(
            "The days are counted from %(day)s, when it left our warehouse, as we know of no "
            "delivery.",
            day=day,
        )
    if facts.get("delivered_by") == "order":
        return env._("The days are counted from %(day)s, when it was to be delivered.", day=day)
    return env._("The days are counted from the delivery on %(day)s.", day=day)

"""Scheduled runs that are longer than the time core gives them at once."""

from datetime import timedelta

from odoo import fields

STALE = timedelta(hours=1)  # what was left undone so long ago is begun anew


def count_done(env):
    """How many pieces the calls before this one have done of a run that is not finished.

    Core calls a scheduled action again when its time was over before its work was, also after it
    was killed. Work that leaves no mark on what is done has to go on from there: beginning anew
    each time, it would never come to its end.

    :param env: of the scheduled action, with core's keys in its context
    :return int: pieces, as they were told to ``_commit_progress``; 0 for a new run
    """
    current = env.context.get("ir_cron_progress_id")
    if not current:
        return 0
    earlier = (
        env["ir.cron.progress"]
        .sudo()
        .search_fetch(
            [
                ("cron_id", "=", env.context.get("cron_id")),
                ("id", "<", current),
                ("create_date", ">=", fields.Datetime.now() - STALE),
            ],
            ["done", "remaining"],
            order="id desc",
        )
    )
    done = 0
    for call in earlier:
        if not call.remaining:
            break
        done += call.done
    return done

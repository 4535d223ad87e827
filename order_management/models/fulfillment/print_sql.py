"""Statements on the queue of print jobs, where many stations and people work at once."""

from odoo import fields
from odoo.tools import SQL

MAX_ATTEMPTS = 3

_COLUMNS = (
    "key", "kind", "name", "station_id", "station", "picking_id", "res_model", "res_ids",
    "options", "copies", "origin_id", "user_id", "company_id",
)  # fmt: skip


def insert_jobs(jobs, rows):
    """Store new jobs; those whose key the company knows are left alone.

    :param jobs: the model of jobs
    :param list rows: dicts of values by column
    :return set: ids of the new ones
    """
    cr, uid, now = jobs.env.cr, jobs.env.uid, fields.Datetime.now()
    common = SQL("'waiting', 0, 0, 0, %s, %s, %s, %s, %s", now, uid, now, uid, now)
    values = SQL(", ").join(SQL("(%s, %s)", _values(jobs, row), common) for row in rows)
    cr.execute(
        SQL(
            """
            INSERT INTO order_print_job (%s, state, attempts, claim_number, reprint_count,
                                         next_try_at, create_uid, create_date, write_uid,
                                         write_date)
            VALUES %s ON CONFLICT (company_id, key) DO NOTHING RETURNING id
            """,
            SQL(", ").join(map(SQL.identifier, _COLUMNS)),
            values,
        )
    )
    return {job_id for (job_id,) in cr.fetchall()}


def _values(jobs, row):
    return SQL(", ").join(
        SQL("%s", jobs._fields[name].convert_to_column_insert(row.get(name), jobs))
        for name in _COLUMNS
    )


def claim_jobs(jobs, station, limit, stale):
    """Claim what waits for a station, oldest first, and what an earlier claim never answered.

    Nobody waits: rows somebody else is claiming now are passed over.

    :param stale: claims of this moment or before are lost
    :return: the jobs, oldest first
    """
    now = fields.Datetime.now()
    due = SQL(
        """station_id = %(station)s
           AND (state = 'waiting' AND next_try_at <= %(now)s
                OR state = 'claimed' AND claimed_at <= %(stale)s AND attempts < %(most)s)""",
        station=station.id,
        now=now,
        stale=stale,
        most=MAX_ATTEMPTS,
    )
    return _claim(jobs, due, limit)


def claim_chosen(jobs):
    """Claim those of ``jobs`` that wait, whatever station they are meant for."""
    if not jobs:
        return jobs
    chosen = SQL("id = ANY(%s) AND state = 'waiting'", jobs.ids)
    return _claim(jobs, chosen, len(jobs))


def _claim(jobs, condition, limit):
    jobs.flush_model()
    jobs.env.cr.execute(
        SQL(
            """
            WITH taken AS MATERIALIZED (
                SELECT id FROM order_print_job
                 WHERE %(condition)s
                 ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
            )
            UPDATE order_print_job AS job
               SET state = 'claimed', attempts = attempts + 1, claim_number = claim_number + 1,
                   claimed_at = %(now)s, write_uid = %(uid)s, write_date = %(now)s
              FROM taken WHERE job.id = taken.id
            RETURNING job.id
            """,
            condition=condition,
            limit=limit,
            now=fields.Datetime.now(),
            uid=jobs.env.uid,
        )
    )
    claimed = sorted(job_id for (job_id,) in jobs.env.cr.fetchall())
    jobs.invalidate_model()
    return jobs.browse(claimed)


def note_seen(station, before):
    """Note that a station's agent is there, unless that was noted after ``before``.

    Of agents that ask at the same moment one notes it, and the others do not wait.
    """
    station.flush_model(["last_seen_at"])
    station.env.cr.execute(
        SQL(
            """
            UPDATE order_print_station SET last_seen_at = %s
             WHERE id IN (SELECT id FROM order_print_station
                           WHERE id = %s AND (last_seen_at IS NULL OR last_seen_at < %s)
                             FOR UPDATE SKIP LOCKED)
            """,
            fields.Datetime.now(),
            station.id,
            before,
        )
    )
    station.invalidate_recordset(["last_seen_at"])

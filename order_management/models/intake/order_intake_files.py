import json
from collections import Counter

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..common.access import has_role
from ..common.order_job import Unfinished
from .document import read_documents
from .reception import Reception

OUTCOMES = ("created", "replayed", "conflict", "rejected")
PART = 200  # orders that one transaction takes in, in the background


class OrderIntake(models.Model):
    """Whole files of orders, handed in by a person."""

    _inherit = "order.intake"

    def _preview(self, channel, documents):
        """What would become of documents on a channel the caller may use; nothing is written.

        :return list: :class:`Document` objects
        """
        self._ensure_may_import(channel)
        found = read_documents(channel, documents)
        desk = channel.sudo().with_context(allowed_company_ids=channel.company_id.ids)
        Reception(desk, desk.process, self.env).preview(found)
        return found

    def _import_files(self, channel, documents, all_or_nothing=False):
        """Take files in on a channel the caller may use.

        :return dict: outcome → how many; ``intake_ids``
        :raises UserError: all or nothing is wanted, and some order cannot be taken in
        """
        self._ensure_may_import(channel)
        answers = self._receive(channel, read_documents(channel, documents))
        if all_or_nothing:
            self._ensure_all_taken([answer["outcome"] for answer in answers])
        return _summary({}, answers)

    def _import_later(self, channel, documents, all_or_nothing=False):
        """Take files in after this call, as the caller.

        :return: the ``order.job``
        """
        self._ensure_may_import(channel)
        stored = self._store_files(
            [{"name": entry["filename"], "datas": entry["content"]} for entry in documents]
        )
        arguments = {
            "channel_id": channel.id,
            "files": [
                {"id": file.id, "format": entry["format"]}
                for file, entry in zip(stored, documents, strict=True)
            ],
            "all_or_nothing": all_or_nothing,
        }
        answer = self._enqueue_with_files("_import_part", arguments, stored)
        return self.env["order.job"].browse(answer["job_id"])

    def _submit_later(self, channel, documents, process):
        """Take documents in after this call, as the caller.

        They wait as a file, for they may be large, and go with it when the call ends.

        :return dict: a row with ``job_id``
        """
        text = json.dumps(documents, ensure_ascii=False)
        stored = self._store_files([{"name": "documents.json", "raw": text.encode()}])
        arguments = {"channel": channel, "file_id": stored.id, "process": process}
        return self._enqueue_with_files("_submit_stored", arguments, stored)

    @api.model
    def _submit_stored(self, channel, file_id, process):
        """Take in the documents that a call for the background stored."""
        stored = self.env["ir.attachment"].sudo().browse(file_id)
        return self.submit(channel, json.loads(stored.raw), process)

    def _store_files(self, vals_list):
        """Files that wait for a call; an integration has no rights on files of its own."""
        return self.env["ir.attachment"].sudo().create(vals_list).sudo(False)

    def _enqueue_with_files(self, method, arguments, stored):
        answer = self.env["order.job"]._enqueue(self, method, arguments)
        # From now on they belong to the call, which deletes them when it ends.
        stored.sudo().write({"res_model": "order.job", "res_id": answer["job_id"]})
        return answer

    @api.model
    def _import_part(self, channel_id, files, all_or_nothing=False, start=0, summary=None):
        """Take the next orders of stored files in; the call goes on until none is left."""
        channel = self.env["order.channel"].browse(channel_id)
        documents = self._get_stored_files(files)
        if all_or_nothing:
            return self._tell(self._import_files(channel, documents, all_or_nothing=True))
        self._ensure_may_import(channel)
        found = read_documents(channel, documents)
        end = start + PART
        summary = _summary(summary or {}, self._receive(channel, found[start:end]))
        if end >= len(found):
            return self._tell(summary)
        arguments = {"channel_id": channel_id, "files": files, "start": end, "summary": summary}
        return Unfinished(arguments, end / len(found), summary)

    def _get_stored_files(self, files):
        stored = self.env["ir.attachment"].browse([entry["id"] for entry in files])
        return [
            {"format": entry["format"], "filename": file.name, "content": file.datas}
            for entry, file in zip(files, stored, strict=True)
        ]

    def _tell(self, summary):
        """The result of an import with the sentence that its user reads."""
        message = self.env._(
            "Import finished: %(created)s orders made, %(replayed)s known already, %(left)s to be "
            "looked at.",
            created=summary["created"],
            replayed=summary["replayed"],
            left=summary["conflict"] + summary["rejected"],
        )
        return {**summary, "message": message}

    def _ensure_may_import(self, channel):
        """Refuse who has no role for it, or may not use the channel.

        :raises AccessError: alike for a foreign and for a missing channel
        """
        if not has_role(self.env, "clerk"):
            raise AccessError(self.env._("Your role does not allow to import orders."))
        channel.check_access("read")
        if not channel.active:
            channel._refuse_use()
        channel._ensure_usable()

    def _ensure_all_taken(self, outcomes):
        """Refuse a whole import for the orders in it that cannot be taken in.

        :raises UserError: there are some
        """
        bad = sum(outcome in ("rejected", "conflict") for outcome in outcomes)
        if bad:
            raise UserError(
                self.env._(
                    "%(count)s of %(all)s orders cannot be taken in, so none was. Mend the files, "
                    "or untick “All or nothing”.",
                    count=bad,
                    all=len(outcomes),
                )
            )


def _summary(before, answers):
    """How many orders had which outcome, and their rows, added to what was counted before."""
    counts = Counter(answer["outcome"] for answer in answers)
    ids = dict.fromkeys(
        [*before.get("intake_ids", []), *(answer["intake_id"] for answer in answers)]
    )
    numbers = {outcome: before.get(outcome, 0) + counts[outcome] for outcome in OUTCOMES}
    return {**numbers, "intake_ids": list(ids)}

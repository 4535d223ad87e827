import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.labels import FORMATS, LabelContent
from ..common.access import as_service, check_visible, public
from ..common.results import Arguments, error, row
from . import label_pdf

DPIS = (203, 300)


class OrderLabelMixin(models.AbstractModel):
    """Labels of a parcel.

    The formats stand in ``tools/labels``; PDF needs a library and stands beside this file.
    """

    _name = "order.label.mixin"
    _description = "Parcel with labels"

    sscc = fields.Char(
        "SSCC", readonly=True, copy=False, help="Serial shipping container code of GS1."
    )
    label_copies = fields.Integer(
        "Labels printed", readonly=True, copy=False, help="Counts prints of every format."
    )

    @public
    def render_labels(self, format="zpl", dpi=None):
        """Print labels of 100 x 150 mm; a reprint shows the same numbers.

        :param str format: ``zpl`` or ``pdf``
        :param int dpi: of the printer of ZPL, 203 or 300; else as the warehouse says
        :return: one item per package: ``package_id``, ``name``, ``sscc``, ``format``,
            ``content`` (base64), ``copy`` (1 for the first print)
        """
        packages = as_service(self)
        contents = packages._get_label_contents()
        # A package has no company before it leaves: whoever may not see its transfer, may not
        # see its label.
        transfers = {content["picking_id"] for content in contents.values()}
        check_visible(self.env["stock.picking"].browse(transfers))
        arguments = Arguments(self.env)
        arguments.choice(format, ("zpl", "pdf"), "format", required=True)
        dpi = arguments.value(dpi, "integer", "dpi")
        if dpi and dpi not in DPIS:
            arguments.refuse("dpi", self.env._("a printer of labels has 203 or 300 dpi."))
        return [
            package._render_label(contents.get(package.id), format, dpi) for package in packages
        ]

    def action_print_label(self):
        """Button: download the labels of these packages as one PDF."""
        self.check_access("read")
        answers = self.render_labels(format="pdf")
        refused = [entry["message"] for answer in answers for entry in answer["errors"]]
        if refused:
            raise UserError("\n".join(refused))
        contents = as_service(self)._get_label_contents()
        labels = [contents[package.id]["label"] for package in self]
        return self._download_labels(label_pdf.render_all(labels))

    def _download_labels(self, content):
        """An action that downloads ``content``; the file belongs to the first package."""
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": self.env._(
                        "Labels %(name)s.pdf", name=", ".join(self.mapped("name"))[:80]
                    ),
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self[:1].id,
                }
            )
        )
        url = f"/web/content/{attachment.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _render_label(self, content, label_format, dpi=None):
        if not content:
            message = self.env._("%(package)s has no contents.", package=self.name)
            return self._prepare_label_row(label_format, [error("not_possible", message)])
        if label_format == "pdf":
            rendered = label_pdf.render_all([content["label"]])
        else:
            rendered = FORMATS[label_format].render(content["label"], dpi or content["dpi"])
        self.label_copies += 1
        content = base64.b64encode(rendered).decode()
        return self._prepare_label_row(label_format, content=content, copy=self.label_copies)

    def _prepare_label_row(self, label_format, errors=(), content=False, copy=False):
        return row(
            errors,
            package_id=self.id,
            name=self.name,
            sscc=self.sscc,
            format=label_format,
            content=content,
            copy=copy,
        )

    def _get_label_contents(self):
        """What stands on the labels: package id → ``picking_id``, ``label``, ``dpi``.

        :return dict: for every package that holds goods of a transfer; empty ones are left out
        """
        lines = self._get_label_lines()
        parcels = self._get_parcels_of(lines.picking_id)
        shipping = {"tracking_ref": self._get_tracking_refs(), "service": self._get_services()}
        contents = {}
        by_package = lines.grouped("result_package_id")
        for package in self.filtered(lambda package: package in by_package):
            picking = by_package[package].picking_id.sorted("id")[-1]
            held = by_package[package] & picking.move_line_ids
            label = package._prepare_label(picking, held, parcels[picking.id])
            label.update({key: known.get(package.id) or "" for key, known in shipping.items()})
            contents[package.id] = {
                "picking_id": picking.id,
                "label": LabelContent(**label),
                "dpi": int(picking.picking_type_id.warehouse_id.label_dpi or DPIS[0]),
            }
        return contents

    def _get_label_lines(self):
        return self.env["stock.move.line"].search(
            [
                ("result_package_id", "in", self.ids),
                ("picking_id", "!=", False),
                ("state", "!=", "cancel"),
                ("quantity", ">", 0),
            ]
        )

    @api.model
    def _get_parcels_of(self, pickings):
        """The parcels of each transfer in the order in which they were closed."""
        groups = self.env["stock.move.line"]._read_group(
            [
                ("picking_id", "in", pickings.ids),
                ("result_package_id", "!=", False),
                ("state", "!=", "cancel"),
            ],
            ["picking_id"],
            ["result_package_id:array_agg"],
        )
        return {picking.id: sorted(set(package_ids)) for picking, package_ids in groups}

    def _prepare_label(self, picking, lines, parcel_ids):
        warehouse = picking.picking_type_id.warehouse_id
        weight = self.shipping_weight or self._get_contents_weight(lines)
        orders = lines.move_id.sale_line_id.order_id or picking._get_sale_orders()
        references = filter(None, orders.mapped("client_order_ref"))
        return {
            "sscc": self.sscc or "",
            "package_name": self.name,
            "ship_from": address_lines(warehouse.partner_id or picking.company_id.partner_id),
            "ship_to": address_lines(picking.partner_id),
            "order_name": ", ".join(orders.mapped("name")) or picking.origin or picking.name,
            "customer_reference": ", ".join(references),
            "parcel_number": parcel_ids.index(self.id) + 1,
            "parcel_count": len(parcel_ids),
            "weight": weight,
            "carrier": picking.carrier_id.name or "",
            "ship_date": fields.Date.to_string(picking.date_done or fields.Date.today())[:10],
            "marks": lines._get_handling_marks(weight, warehouse.label_heavy_weight),
            "elements": lines._get_goods_elements(),
        }

    def _get_contents_weight(self, lines):
        weights = [line.quantity_product_uom * line.product_id.weight for line in lines]
        return sum(weights) + self.package_type_id.base_weight if any(weights) else 0.0


def address_lines(partner):
    """A partner's postal address, the name first."""
    if not partner:
        return ()
    company = partner.parent_id.name if not partner.is_company else ""
    address = partner._display_address(without_company=True)
    lines = (line.strip() for line in (company, partner.name, *address.splitlines()) if line)
    return tuple(line for line in lines if line)

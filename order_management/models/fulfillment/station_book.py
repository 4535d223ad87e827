"""What the station shows of transfers, read in a fixed number of queries: :class:`StationBook`."""

from odoo.tools import html2plaintext

from ...tools.fingerprint import fingerprint
from ...tools.station_packs import split_packs
from ..common.optional import has_field
from ..common.results import plain, row

SHOWN_SCANS = 8  # the last ones of each transfer


class StationBook:
    """The rows of :meth:`read_station`, of many transfers at once."""

    def __init__(self, pickings):
        self.env = pickings.env
        self.pickings = pickings
        self.package_ids = pickings.move_line_ids.result_package_id.ids
        self.has_expiry = has_field(self.env, "stock.lot", "expiration_date")
        self.scans = self._read_scans()
        self.calls = pickings.help_call_ids.filtered("is_open").grouped("picking_id")

    def _read_scans(self):
        """The last scans, the newest first, by transfer."""
        scans = self.env["order.scan"].search(
            [("picking_id", "in", self.pickings.ids)], limit=SHOWN_SCANS * len(self.pickings)
        )
        return scans.grouped("picking_id")

    def rows(self):
        return [self._row(picking) for picking in self.pickings]

    def _row(self, picking):
        lines = self._walk(picking)
        packages = lines.filtered(lambda line: line._is_packed_here()).result_package_id
        packages = packages.sorted("id").with_prefetch(self.package_ids)
        stops = [self._stop(line) for line in lines]
        shown = {
            "picking_id": picking.id,
            "name": picking.name,
            "batch_id": picking.batch_id.id,
            "batch": picking.batch_id.name,
            "batch_picking_ids": picking.batch_id.picking_ids.filtered(
                lambda one: one.state != "cancel"
            ).ids,
            "partner": picking.partner_id.display_name,
            "orders": picking._get_sale_orders().mapped("name"),
            "priority": picking.priority == "1",
            "ship_by": picking.date_deadline or picking.scheduled_date,
            "note": html2plaintext(picking.note or "").strip(),
            "state": picking.state,
            "operation": picking.picking_type_id.name,
            **self._flags(picking),
            "stops": stops,
            "parcels": [
                self._parcel(number, package, lines) for number, package in enumerate(packages, 1)
            ],
            "claimed_by": self._person(picking.claimed_by_id),
            "helpers": [self._person(person) for person in picking.helper_ids],
            "counts": {
                "stops": len(stops),
                "stops_done": sum(stop["is_done"] for stop in stops),
                "wanted": sum(stop["quantity"] for stop in stops),
                "scanned": sum(stop["scanned"] for stop in stops),
                "refused": picking.refused_scan_count,
            },
            "scans": [self._scan(scan) for scan in self.scans.get(picking, ())[:SHOWN_SCANS]],
            "help": [self._call(call) for call in self.calls.get(picking, ())],
        }
        shown = plain(shown)
        return row(**shown, version=fingerprint(shown))

    def _walk(self, picking):
        """The lines in walking order; a line that was split off stays with its place."""
        lines = picking.move_line_ids.filtered(lambda line: line.quantity)
        ranks = {}
        for line in lines.filtered("tour_rank"):
            rank = ranks.get(line.location_id, line.tour_rank)
            ranks[line.location_id] = min(rank, line.tour_rank)
        return lines.sorted(
            lambda line: (
                line.tour_rank or ranks.get(line.location_id, 1e9),
                line.location_id.complete_name or "",
                line.id,
            )
        )

    def _flags(self, picking):
        is_open = picking._is_open_for_work()
        return {
            "is_open": is_open,
            "may_work": is_open and picking._may_work_on(),
            "may_pack": is_open and picking.picking_type_code != "incoming",
            "is_delivery": picking.picking_type_code == "outgoing",
        }

    def _stop(self, line):
        product, place = line.product_id, line.location_id
        done = line._is_packed_here() or line.picked or line._get_open_quantity() <= 0
        stamp = int(product.write_date.timestamp()) if product.write_date else 0
        return {
            "move_line_id": line.id,
            "picking_id": line.picking_id.id,
            "rank": line.tour_rank,
            "product_id": product.id,
            "product": product.with_context(display_default_code=False).display_name,
            "sku": product.default_code,
            "barcode": product.barcode,
            "image": f"/web/image/product.product/{product.id}/image_512?unique={stamp}",
            "tracking": product.tracking,
            "lot": line.lot_id.name or line.lot_name,
            "expiry": self.has_expiry and line.lot_id.expiration_date,
            "location_id": place.id,
            "location": place.name,
            "location_path": place.complete_name,
            "location_barcode": place.barcode,
            "aisle": place.aisle,
            "bay": place.bay,
            "level": place.level,
            "quantity": line.quantity,
            "scanned": line._get_handled_quantity(),
            "unit": line.product_uom_id.name,
            "packs": self._packs(line),
            "hint": self._hint(line),
            "package": line.package_id.name,
            "codes": [line.package_id.name, line.package_id.sscc],
            "parcel_id": line.result_package_id.id if line._is_packed_here() else False,
            "is_done": bool(done),
        }

    def _packs(self, line):
        """Barcodes of packagings, and how much each counts in the unit of the line."""
        return [
            {
                "name": pack.uom_id.name,
                "barcode": pack.barcode,
                "quantity": pack.uom_id._compute_quantity(1.0, line.product_uom_id, round=False),
            }
            for pack in line.product_id.product_uom_ids
        ]

    def _hint(self, line):
        """In which packs to take it, such as ``2 × Dozen + 1``."""
        unit, names = line.product_uom_id, {}
        for uom in line.product_id.product_uom_ids.uom_id | line.product_id.uom_ids:
            if uom._has_common_reference(unit):
                names[float(uom._compute_quantity(1.0, unit, round=False))] = uom.name
        packs, rest = split_packs(line.quantity, names)
        if not packs:
            return ""
        parts = [f"{count} × {names[size]}" for size, count in packs]
        return " + ".join(parts + ([f"{rest:g} × {unit.name}"] if rest else []))

    def _parcel(self, number, package, lines):
        held = lines.filtered(lambda line: line.result_package_id == package)
        return {
            "package_id": package.id,
            "number": number,
            "name": package.name,
            "sscc": package.sscc,
            "weight": package.shipping_weight or package._get_contents_weight(held),
            "labels": package.label_copies,
            "contents": [
                {
                    "product": line.product_id.display_name,
                    "quantity": line.quantity,
                    "unit": line.product_uom_id.name,
                    "lot": line.lot_id.name or line.lot_name,
                }
                for line in held
            ],
        }

    def _scan(self, scan):
        return {
            "id": scan.id,
            "move_line_id": scan.move_line_id.id,
            "barcode": scan.barcode,
            "kind": scan.kind,
            "product": scan.product_id.display_name,
            "quantity": scan.quantity,
            "accepted": scan.accepted,
            "code": scan.code,
            "person": self._person(scan.user_id),
            "at": scan.at,
            "request_key": scan.request_key,
            "is_undone": bool(scan.undone_at),
            "is_mine": scan.user_id == self.env.user,
        }

    def _call(self, call):
        return {
            "id": call.id,
            "person": self._person(call.user_id),
            "message": call.message,
            "at": call.at,
        }

    def _person(self, person):
        return {"id": person.id, "name": person.name} if person else False

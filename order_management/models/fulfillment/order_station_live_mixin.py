import re

from odoo import models

SUBCHANNEL = "order_station"
CHANNEL = re.compile(r"order_station_([1-9]\d{0,9})")
MOST_CHANNELS = 100  # transfers that one screen follows


class OrderStationLiveMixin(models.AbstractModel):
    """Transfers whose changes are told to the screens on which they are open."""

    _name = "order.station.live.mixin"
    _description = "Transfer followed live"

    def _tell_station(self, kind):
        """Tell that something has happened; it leaves when the transaction is committed.

        :param str kind: what: ``scan``, ``undo``, ``pack``, ``short``, ``done``, ``claim``,
            ``help``
        """
        user = self.env.user
        for picking in self:
            message = {
                "picking_id": picking.id,
                "kind": kind,
                "user_id": user.id,
                "person": user.name,
            }
            # The channel is a record: nobody gets at it but by the check of the mixin below.
            self.env["bus.bus"]._sendone((picking, SUBCHANNEL), SUBCHANNEL, message)


class OrderStationChannelMixin(models.AbstractModel):
    """Who may follow a transfer: whoever may read it."""

    _name = "order.station.channel.mixin"
    _description = "Channels of the station"

    def _take_station_channels(self, channels):
        """Replace the names of transfers' channels by channels, those of hidden ones by none.

        :param list channels: names as a browser sent them
        """
        wanted, others = set(), []
        for channel in channels:
            match = isinstance(channel, str) and CHANNEL.fullmatch(channel)
            if match:
                wanted.add(int(match[1]))
            else:
                others.append(channel)
        return others + [(one, SUBCHANNEL) for one in self._find_followed(wanted)]

    def _find_followed(self, ids):
        """Those of these transfers that the user may read, and picks."""
        pickings = self.env["stock.picking"]
        user = self.env.user
        if not ids or not user._is_internal() or not pickings.has_access("read"):
            return pickings
        # All companies of the user, whichever are chosen at the moment.
        everywhere = pickings.with_context(allowed_company_ids=user.company_ids.ids)
        wanted = [("id", "in", sorted(ids)[:MOST_CHANNELS])]
        return everywhere.search(wanted)

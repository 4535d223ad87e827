from odoo import models


class IrWebsocket(models.AbstractModel):
    """Joint: which channels a browser may follow."""

    _name = "ir.websocket"
    _inherit = ["ir.websocket", "order.station.channel.mixin"]

    def _build_bus_channel_list(self, channels):
        return super()._build_bus_channel_list(self._take_station_channels(channels))

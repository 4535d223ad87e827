"""The statuses of a shipment, and which of several reports counts."""

STATUSES = [
    ("pending", "Pending"),
    ("info_received", "Announced"),
    ("in_transit", "In transit"),
    ("out_for_delivery", "Out for delivery"),
    ("attempt_failed", "Attempt failed"),
    ("available_for_pickup", "Ready for pickup"),
    ("delivered", "Delivered"),
    ("exception", "Exception"),
    ("expired", "Expired"),
]
RANK = {status: rank for rank, (status, _label) in enumerate(STATUSES)}


def find_latest(reports):
    """Return the report that counts, whatever the order in which they came.

    The earliest delivery is final; otherwise the newest counts, and of two at the same moment
    the one further down the list of statuses.

    :param list reports: of (status, occurred_at)
    :return tuple: the one that counts, ``None`` without reports
    """
    delivered = [report for report in reports if report[0] == "delivered"]
    if delivered:
        return min(delivered, key=lambda report: report[1])
    return max(reports, key=lambda report: (report[1], RANK[report[0]]), default=None)

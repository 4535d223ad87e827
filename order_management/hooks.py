"""What happens when the addon is installed."""


def post_init_hook(env):
    """Fill what existing orders need before the first screen is opened."""
    env["sale.order"]._init_order_management()

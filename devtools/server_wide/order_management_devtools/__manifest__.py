{
    "name": "Order Management: test instruments",
    "summary": "Loaded server-wide by ./dev while testing; never installed",
    "version": "19.0.1.0.0",
    "author": "Order Management Team",
    "website": "https://github.com/order-management/order-management",
    "license": "LGPL-3",
    "depends": ["base"],
    "installable": False,
}

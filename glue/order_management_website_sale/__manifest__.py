{
    "name": "Order Management in the shop",
    "summary": "The return policy on the product page, before anything is bought",
    "version": "19.0.0.1.0",
    "category": "Sales/Order Management",
    "website": "https://github.com/order-management/order-management",
    "author": "Order Management Team",
    "license": "LGPL-3",
    "depends": [
        "order_management",
        "website_sale",
    ],
    "data": [
        "views/return_policy_templates.xml",
        "views/website_sale_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "order_management_website_sale/static/src/**/*",
        ],
        "web.assets_tests": [
            "order_management_website_sale/static/tests/tours/**/*",
        ],
    },
    "auto_install": True,
}

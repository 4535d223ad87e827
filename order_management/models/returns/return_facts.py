"""What the rules of a return policy look at in an order line, whatever is asked of it."""


def read_facts(lines):
    """Ids of what each line was bought as, by whom, where from and where to.

    :return dict: order line → ``product``, ``categories``, ``product_tags``, ``is_company``,
        ``partner_tags``, ``channel``, ``country``
    """
    # Read all together, though the lines may come from orders that were read one by one.
    lines = lines.browse(lines.ids)
    return {line: facts_of(line.product_id, line.order_id) for line in lines}


def facts_of(product, order):
    """The same of a product and an order."""
    return {**goods_of(product), **reader_of(order)}


def goods_of(product):
    """What rules look at in a product, or in a template of which no variant is chosen."""
    is_variant = product._name == "product.product"
    tags = product.all_product_tag_ids if is_variant else product.product_tag_ids
    return {
        "product": is_variant and product.id,
        "categories": path_of(product.categ_id),
        "product_tags": tags.ids,
    }


def reader_of(order):
    """What rules look at in an order, whatever its goods."""
    return {
        **customer_of(order.partner_id),
        "channel": order.channel_id.id,
        "country": order.partner_shipping_id.country_id.id,
    }


def customer_of(customer):
    """What rules look at in a customer."""
    company = customer.commercial_partner_id
    return {
        "is_company": company.is_company,
        "partner_tags": (customer.category_id | company.category_id).ids,
    }


def path_of(category):
    """Ids of a product category and all above it, the highest first."""
    return [int(part) for part in (category.parent_path or "").split("/") if part]

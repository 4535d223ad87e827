"""Serving a wish from dated supply, also where it is a kit."""


def serve(book, warehouse, product, needs, asked, line=None):
    """What a warehouse can give of a product, by the day on which it is there.

    :param SupplyBook book: what was promised is taken from it
    :param dict needs: what it takes from stock: product → (quantity for one, quantity in all)
    :param float asked: in the product's unit
    :param line: the order line it is for, if there is one
    :return list: ``(quantity, day, source, reference)``
    """
    if not warehouse:
        return []
    served = {
        part: book.promise(warehouse, part, quantity, line)
        for part, (_each, quantity) in needs.items()
    }
    if list(needs) == [product]:
        parts = served[product]
        return [(part.quantity, part.date, part.source, part.reference) for part in parts]
    return _assemble(served, needs, asked)


def _assemble(served, needs, asked):
    """Whole kits by the day on which the last of their components is there."""
    made, found = 0.0, []
    for day in sorted({part.date for parts in served.values() for part in parts}):
        possible = min(
            sum(part.quantity for part in parts if part.date <= day) / needs[product][0]
            for product, parts in served.items()
        )
        possible = min(float(int(possible + 1e-9)), asked)
        if possible > made:
            last = [part for parts in served.values() for part in parts if part.date == day]
            binding = next((part for part in last if part.source != "stock"), last[0])
            found.append((possible - made, day, binding.source, binding.reference))
            made = possible
    return found

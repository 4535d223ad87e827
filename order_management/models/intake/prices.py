"""A document's prices in the tax convention of the order, so that totals stay the document's."""


class Prices:
    """Converts between prices with and without tax.

    A document without ``prices_include_tax`` gives net prices.

    :param channel: whose company's taxes count
    """

    def __init__(self, channel):
        self.env = channel.env
        self.company = channel.company_id

    def prepare_price_vals(self, document, product, amount, quantity=1.0, discount=0.0):
        """The price of an order line, as core's taxes want it.

        :param document: the document, whose customer and address are known
        :param product: product of the line
        :param float amount: unit price, as the document gives it
        :param float quantity: how many
        :param float discount: percent
        :return dict: ``price_unit``, ``discount``, and ``extra_tax_data`` where rounding would
            make another total
        """
        is_gross = bool(document.content.get("prices_include_tax"))
        taxes = product.taxes_id._filter_taxes_by_company(self.company)
        if not amount or all(tax.price_include == is_gross for tax in taxes):
            return {"price_unit": amount, "discount": discount}
        taxes = self._get_fiscal_position(document).map_tax(taxes)
        vals = {"price_unit": self._convert(taxes, amount, product, is_gross), "discount": discount}
        if is_gross and self._rounds_lines_at_home(document):
            total = amount * quantity * (1 - discount / 100)
            vals.update(self._prepare_exact_vals(taxes, product, quantity, total, vals))
        return vals

    def _convert(self, taxes, amount, product, is_gross):
        mode = "total_included" if is_gross else "total_excluded"
        details = taxes._get_tax_details(
            amount, 1.0, rounding_method="round_globally", product=product, special_mode=mode
        )
        included = [part for part in details["taxes_data"] if part["tax"].price_include]
        return details["total_excluded"] + sum(part["tax_amount"] for part in included)

    def _rounds_lines_at_home(self, document):
        """Whether each line is rounded, in company currency; else core's own total stands."""
        home = self.company.currency_id
        return (
            self.company.tax_calculation_rounding_method == "round_per_line"
            and document.content.get("currency", home.name) == home.name
        )

    def _prepare_exact_vals(self, taxes, product, quantity, total, vals):
        """Fixed amounts of net and tax, where rounding both would miss the gross total.

        Core keeps them until somebody changes the line, and hands them to the invoice.
        """
        currency = self.company.currency_id
        total = currency.round(total)
        price = vals["price_unit"] * (1 - vals["discount"] / 100)
        rounding = {"precision_rounding": currency.rounding, "product": product}
        core = taxes._get_tax_details(price, quantity, **rounding)
        if not currency.compare_amounts(core["total_included"], total):
            return {}
        exact = taxes._get_tax_details(total, 1.0, special_mode="total_included", **rounding)
        return {
            "extra_tax_data": {
                **vals,
                "quantity": quantity,
                "currency_id": currency.id,
                "rate": 1.0,
                "manual_total_excluded": exact["total_excluded"],
                "manual_total_excluded_currency": exact["total_excluded"],
                "manual_tax_amounts": {
                    str(part["tax"].id): {
                        "tax_amount": part["tax_amount"],
                        "tax_amount_currency": part["tax_amount"],
                        "base_amount": part["base_amount"],
                        "base_amount_currency": part["base_amount"],
                    }
                    for part in exact["taxes_data"]
                },
            }
        }

    def _get_fiscal_position(self, document):
        positions = self.env["account.fiscal.position"].with_company(self.company)
        return positions._get_fiscal_position(document.partner, document.shipping or None)

"""What the story needs, made by an administrator over RPC: also on an empty database."""

ROLES = ("clerk", "picker", "returns", "manager", "integration", "auditor")
STOCK = {"MUG": 200, "LAMP": 100, "CHAIR": 50, "RARE": 1}
SHELVES = {"MUG": "A-02-1", "LAMP": "B-05-1", "CHAIR": "D-06-1", "RARE": "C-03-2"}
BARCODES = {"MUG": "2000001", "LAMP": "2000002", "CHAIR": "2000003", "RARE": "2000004"}


class World:
    """The company's side: users, warehouse, articles, channels.

    :param admin: client of an administrator
    :param str prefix: makes names, codes and references of one run its own
    :param dict prices: article → list price
    """

    def __init__(self, admin, prefix, prices):
        self.admin, self.prefix, self.prices = admin, prefix, prices

    def build(self):
        """Make everything; return self."""
        self.company = self._search("res.company", [])[0]
        self._prepare_company()
        self.tax = self._create(
            "account.tax",
            name=f"{self.prefix} 20 %",
            amount=20.0,
            type_tax_use="sale",
            price_include_override="tax_excluded",
        )
        self.warehouse = self._build_warehouse()
        self.products = {article: self._build_product(article) for article in self.prices}
        self.floor = self._build_floor()
        self._fill_shelves()
        self.users = {role: self._build_user(role) for role in ROLES}
        self.channels = self._build_channels()
        self._build_limited_customer()
        self._create("order.tracking.source", code=f"{self.prefix}-TRACK", name="Parcel service")
        return self

    def login(self, role):
        """Login and password of the story's user of a role."""
        return f"{self.prefix.lower()}_{role}", f"{self.prefix}-{role}-pass"

    def stock(self):
        """Article → quantity on hand in the story's warehouse."""
        location = self._read("stock.warehouse", self.warehouse, "lot_stock_id")[0]
        quants = self.admin.call(
            "stock.quant",
            "search_read",
            domain=[
                ("location_id", "child_of", location),
                ("product_id", "in", list(self.products.values())),
            ],
            fields=["product_id", "quantity"],
        )
        on_hand = dict.fromkeys(self.products, 0.0)
        names = {product: article for article, product in self.products.items()}
        for quant in quants:
            on_hand[names[quant["product_id"][0]]] += quant["quantity"]
        return on_hand

    def buy(self, article, quantity, day):
        """Order goods from a vendor for a day; return the purchase's line."""
        vendor = self._create("res.partner", name=f"{self.prefix} vendor")
        purchase = self._create(
            "purchase.order",
            partner_id=vendor,
            picking_type_id=self._read("stock.warehouse", self.warehouse, "in_type_id")[0],
            order_line=[
                (
                    0,
                    0,
                    {
                        "product_id": self.products[article],
                        "product_qty": quantity,
                        "price_unit": 1.0,
                        "date_planned": f"{day} 12:00:00",
                    },
                )
            ],
        )
        self.admin.call("purchase.order", "button_confirm", [purchase])
        return self._read("purchase.order", purchase, "order_line")[0]

    def postpone(self, line, day):
        """The vendor of a purchase line names another day."""
        self._write("purchase.order.line", line, date_planned=f"{day} 12:00:00")

    def add_rule(self, article, minimum, maximum):
        """A reordering rule for an article; return its product's id and its own."""
        rule = self._create(
            "stock.warehouse.orderpoint",
            product_id=self.products[article],
            warehouse_id=self.warehouse,
            location_id=self._read("stock.warehouse", self.warehouse, "lot_stock_id")[0],
            product_min_qty=minimum,
            product_max_qty=maximum,
            trigger="manual",
        )
        return self.products[article], rule

    def read_rule(self, rule):
        """Minimum and maximum of a reordering rule."""
        names = ("product_min_qty", "product_max_qty")
        return tuple(self._read("stock.warehouse.orderpoint", rule, name) for name in names)

    def _prepare_company(self):
        record = self.admin.call(
            "res.company",
            "read",
            [self.company],
            fields=["currency_id", "partner_id", "account_fiscal_country_id"],
        )[0]
        self.currency = record["currency_id"][1]
        self._write("res.company", self.company, account_use_credit_limit=True)
        partner = record["partner_id"][0]
        if not self._read("res.partner", partner, "country_id"):
            self._write("res.partner", partner, **self._place("Rue du Commerce 1", "1000"))

    def _place(self, street, postcode):
        country = self._search("res.country", [("code", "=", "BE")])[0]
        return {"street": street, "zip": postcode, "city": "Bruxelles", "country_id": country}

    def _build_warehouse(self):
        partner = self._create(
            "res.partner",
            name=f"{self.prefix} warehouse",
            tz="Europe/Brussels",
            **self._place("Quai des Usines 7", "1020"),
        )
        warehouse = self._create(
            "stock.warehouse",
            name=f"{self.prefix} warehouse",
            code=self.prefix[-5:],
            partner_id=partner,
            gs1_company_prefix="9521234",
        )
        types = self._search("stock.picking.type", [("warehouse_id", "=", warehouse)])
        self.admin.call("stock.picking.type", "write", types, vals={"auto_batch": False})
        return warehouse

    def _build_product(self, article):
        return self._create(
            "product.product",
            name=article.capitalize(),
            default_code=f"{self.prefix}-{article}",
            barcode=f"{self.prefix}{BARCODES[article]}",
            list_price=self.prices[article],
            type="consu",
            is_storable=True,
            invoice_policy="order",
            weight=0.5,
            taxes_id=[(6, 0, [self.tax])],
        )

    def _build_floor(self):
        """A hall of four aisles, with 48 new locations."""
        floor = self._create("order.floor", name=f"{self.prefix} hall", warehouse_id=self.warehouse)
        wizard = self._create(
            "order.floor.place",
            floor_id=floor,
            work="create",
            pattern="{aisle}-{bay}-{level}",
            aisles="A..D",
            bays="01..06",
            levels="1..2",
        )
        self.admin.call("order.floor.place", "action_apply", [wizard])
        return floor

    def _fill_shelves(self):
        stock = self._read("stock.warehouse", self.warehouse, "lot_stock_id")[0]
        for article, product in self.products.items():
            shelf = [("location_id", "=", stock), ("name", "=", SHELVES[article])]
            location = self._search("stock.location", shelf)[0]
            quant = self._create(
                "stock.quant",
                product_id=product,
                location_id=location,
                inventory_quantity=STOCK[article],
            )
            self.admin.call("stock.quant", "action_apply_inventory", [quant])

    def _build_user(self, role):
        login, password = self.login(role)
        group = self.admin.call(
            "ir.model.data",
            "check_object_reference",
            module="order_management",
            xml_id=f"group_{role}",
        )[1]
        return self._create(
            "res.users",
            name=f"{self.prefix} {role}",
            login=login,
            password=password,
            company_id=self.company,
            company_ids=[(6, 0, [self.company])],
            group_ids=[(6, 0, [group])],
        )

    def _build_channels(self):
        codes = {"shop": f"{self.prefix}-SHOP", "edi": f"{self.prefix}-EDI"}
        for kind, code in codes.items():
            self._create(
                "order.channel",
                name="Web shop" if kind == "shop" else "Business customers",
                kind="shop" if kind == "shop" else "file",
                code=code,
                warehouse_id=self.warehouse,
                process="confirm",
                unknown_customer="create",
            )
        return codes

    def _build_limited_customer(self):
        """A customer who may owe at most 1,000.00."""
        from documents import customer

        wanted = customer(self.prefix, 90)
        country = self._search("res.country", [("code", "=", wanted.pop("country"))])[0]
        partner = self._create("res.partner", **wanted, country_id=country)
        self._write("res.partner", partner, credit_limit=1000.0)

    def _create(self, model, **values):
        ids = self.admin.call(model, "create", vals_list=[values])
        return ids[0] if isinstance(ids, list) else ids

    def _write(self, model, record, **values):
        self.admin.call(model, "write", [record], vals=values)

    def _search(self, model, domain):
        return self.admin.call(model, "search", domain=domain)

    def _read(self, model, record, field):
        return self.admin.call(model, "read", [record], fields=[field])[0][field]

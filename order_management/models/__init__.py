from . import common

from . import intake
from . import validation
from . import promise
from . import reorder
from . import fulfillment
from . import shipping
from . import returns

from . import insight

from . import account_move
from . import account_move_line
from . import account_partial_reconcile
from . import account_tax
from . import delivery_carrier
from . import payment_provider
from . import payment_transaction
from . import product_pricelist_item
from . import product_product
from . import product_template
from . import purchase_order_line
from . import res_company
from . import res_config_settings
from . import res_partner
from . import resource_calendar
from . import sale_order
from . import sale_order_line
from . import stock_location
from . import stock_move
from . import stock_move_line
from . import stock_package
from . import stock_picking
from . import stock_quant
from . import stock_rule
from . import stock_warehouse
from . import stock_warehouse_orderpoint

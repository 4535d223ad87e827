from . import test_shop_return_policy

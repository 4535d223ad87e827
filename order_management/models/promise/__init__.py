from . import order_promise_mixin

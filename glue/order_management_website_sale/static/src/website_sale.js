import { markup } from "@odoo/owl";
import { patch } from "@web/core/utils/patch";
import { WebsiteSale } from "@website_sale/interactions/website_sale";

patch(WebsiteSale.prototype, {
    /**
     * Another variant may be returned on other terms; the server renders them.
     *
     * @override
     */
    _onChangeCombination(ev, parent, combination) {
        super._onChangeCombination(...arguments);
        const section = parent.querySelector(".o_shop_return_policy");
        if (section && combination.return_policy) {
            section.insertAdjacentHTML("beforebegin", markup(combination.return_policy));
            section.remove();
        }
    },
});

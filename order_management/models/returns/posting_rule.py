"""Who posts refunds, by the company's setting."""


def may_post_refunds(env, company):
    """Whether the caller may post a refund of ``company``."""
    user = env.user
    if company.return_posting != "accounting" or user._is_superuser():
        return True
    return user.has_group("account.group_account_invoice")

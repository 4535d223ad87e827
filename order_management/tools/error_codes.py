"""The one table of error codes that public methods answer with.

To add a code: add a line here, use it, and the integrators' documentation follows; a test
refuses codes that are used but not listed.
"""

CODES = {
    # Shape of a document or an argument
    "missing": "A required key is absent or empty.",
    "unknown_key": "A key is not part of the contract.",
    "wrong_type": "A value has another JSON type than the contract asks for.",
    "wrong_value": "A value is outside what the contract allows.",
    "too_large": "A file, a list or a text exceeds its limit.",
    "duplicate": "The same key or reference stands twice in one call or document.",
    "card_number": "A text holds what looks like a payment card number.",
    # Files
    "unsupported_format": "The format is none of those that are read.",
    "malformed": "The file is empty, cut off or not what its format says.",
    "forbidden_content": "The file holds what is refused for safety, such as a DOCTYPE.",
    # What a document names
    "unknown_customer": "No customer matches and the channel does not create customers.",
    "ambiguous_customer": "Several customers match.",
    "unknown_product": "No product matches.",
    "ambiguous_product": "Several products match.",
    "unknown_unit": "The unit of measure is unknown or does not fit the product.",
    "unknown_currency": "The currency is unknown or has no pricelist.",
    "unknown_country": "The country is not an ISO 3166-1 alpha-2 code.",
    "unknown_state": "The state is not an ISO 3166-2 part of that country.",
    "unknown_carrier": "No delivery method has that external code.",
    "unknown_order": "No order matches, or you may not see it.",
    "unknown_line": "The line does not belong to the document.",
    # What cannot be done now
    "conflict": "The key was used before with other content.",
    "not_possible": "The state of the document does not allow this.",
    "held": "A check would hold it; the findings tell why.",
    "failed": "The operation failed; the message tells why.",
    "nothing_picked": "Nothing has been picked, so there is nothing to ship.",
    "nothing_to_invoice": "There is nothing to invoice.",
    "reason_required": "A reason must be given.",
    "out_of_stock": "There is neither stock nor supply on its way for all that is asked.",
    "too_many": "The quantity exceeds what is open.",
    "unknown_code": "The scanned code is unknown.",
    "wrong_product": "The scanned product does not belong to this document.",
    "unknown_source": "The tracking source is unknown.",
    "unknown_shipment": "No shipment has that tracking number.",
    "future_event": "The event lies more than an hour in the future.",
    "unknown_reason": "The return reason is unknown.",
    "not_returnable": "The line has nothing left that may be returned.",
    "unknown_lot": "The lot or serial number was not sent with this line, or is back already.",
    "outside_window": "The return window has closed.",
    # Papers: what is left blank on them
    "no_pdf": "The server could not make PDF; the content is HTML.",
    "hs_code_missing": "The product has no HS code.",
    "origin_missing": "The product has no country of origin.",
    "weight_missing": "A weight is unknown.",
    "weight_mismatch": "The gross weight is below the net weight.",
    "value_missing": "The product has neither a price nor a list price.",
    "incoterm_missing": "The order names no incoterm.",
    "address_incomplete": "An address lacks what the paper needs.",
}

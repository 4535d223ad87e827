"""Postcodes that lie in a state, that do not, and of which nothing is known."""

import pytest
from tools.postal_regions import fits


@pytest.mark.parametrize(
    ("country", "region", "postcode"),
    [
        ("US", "CA", "90001"),
        ("US", "CA", "96162-1234"),
        ("us", "ca", "US-90001"),
        ("US", "NY", "10001"),
        ("US", "NY", "00501"),
        ("US", "TX", "88510"),
        ("CA", "ON", "K1A 0B1"),
        ("CA", "QC", "k1a0b1"),
        ("CA", "BC", "CA-V5K 0A1"),
        ("AU", "NSW", "2000"),
        ("AU", "NT", "0800"),
        ("AU", "WA", "0872"),
        ("BR", "SP", "01310-100"),
        ("BR", "DF", "70040-010"),
        ("ES", "M", "28001"),
        ("ES", "PM", "E-07001"),
        ("ES", "ML", "52001"),
        ("US", "ZZ", "90001"),  # unknown state
        ("DE", "BE", "80331"),  # numbered otherwise
        ("US", "CA", ""),
    ],
)
def test_fits(country, region, postcode):
    assert fits(country, region, postcode)


@pytest.mark.parametrize(
    ("country", "region", "postcode"),
    [
        ("US", "CA", "10043"),
        ("US", "CA", "96201"),
        ("US", "CA", "89999"),
        ("CA", "ON", "V5K 0A1"),
        ("CA", "BC", "CAT5K 0A1"),
        ("AU", "NSW", "3000"),
        ("BR", "SP", "20040-020"),
        ("ES", "B", "28001"),
    ],
)
def test_does_not_fit(country, region, postcode):
    assert not fits(country, region, postcode)

import pytest
from tools.units import PACKAGINGS, UNIT_NAMES, names_of, packaging_names


@pytest.mark.parametrize("code", ["C62", "EA", "H87", "NAR", "PCE", "XPP", "ea", " c62 "])
def test_pieces_are_units(code):
    assert "units" in names_of(code)
    assert packaging_names(code) == ()


@pytest.mark.parametrize("code", sorted(PACKAGINGS))
def test_a_packaging_is_no_piece(code):
    assert packaging_names(code) == UNIT_NAMES[code]
    assert "units" not in names_of(code)


@pytest.mark.parametrize("word", ["Box", " carton ", "PACK"])
def test_words_for_packagings(word):
    assert packaging_names(word) == (word.strip().lower(),)


def test_other_words():
    assert packaging_names("Units") == packaging_names("bottles of milk") == ()

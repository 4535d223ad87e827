import pytest
from tools.likeness import comparable


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Chaussée de Namur 40", "CHAUSSEE DE NAMUR, 40"),
        ("Quai d’Orsay 5/2", "quai d'orsay 5 - 2"),
        ("Saint-Gilles", "saint  gilles"),
        ("Rue Haute 12b", "Rue Haute 12 B"),
        ("Straße 1", "STRASSE 1"),
        ("A.B.C. s.a.", "ABC SA"),
        ("Zoë", "Zoe\u0308"),
        ("１２３ Ｍａｉｎ", "123 main"),
        ("Αθήνα", "ΑΘΗΝΑ"),
        (None, " - "),
    ],
)
def test_alike(one, other):
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Quai 5", "Quai 51"),
        ("Quai 5/2", "Quai 52"),
        ("Rue 1 2", "Rue 12"),
        ("か", "が"),
        ("и", "й"),
        ("कि", "की"),
        ("Meir 50", "Meir 50 bus"),
    ],
)
def test_not_alike(one, other):
    assert comparable(one) != comparable(other)


def test_what_is_left():
    assert comparable(" Rue de l'Été, 12bis/3 ") == "ruedelete 12 bis 3"
    assert comparable("") == ""

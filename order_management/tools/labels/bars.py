"""The bars of Code 128, and the symbol as a picture of its own, for documents in HTML."""

from .code_128 import FNC1, encode

# Widths of bars and spaces in turn, in narrowest bars: six of each character, by its number.
_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231"
    "113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211"
    "212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131"
    "113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111"
    "314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211"
    "241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214"
    "211232"
)
_STOP_WIDTHS = "2331112"
_FNC1 = 102
_STARTS = {"B": 104, "C": 105}
_SWITCHES = {"B": 100, "C": 99}
_MODULUS = 103
QUIET = 10  # narrowest bars left blank on either side


def get_widths(text: str) -> list[int]:
    """Return the widths of bars and spaces in turn, in narrowest bars, without quiet zones."""
    numbers = _numbers(text)
    weighted = sum(at * number for at, number in enumerate(numbers[1:], 1))
    numbers.append((numbers[0] + weighted) % _MODULUS)
    widths = "".join(_WIDTHS[6 * number : 6 * number + 6] for number in numbers)
    return [int(width) for width in widths + _STOP_WIDTHS]


def to_svg(text: str, height: int = 40, module: int = 2) -> str:
    """Return the symbol as SVG with its quiet zones; ``module``: pixels of the narrowest bar."""
    widths = get_widths(text)
    total = sum(widths) + 2 * QUIET
    steps, x = [], QUIET
    for at, width in enumerate(widths):
        if not at % 2:
            steps.append(f"M{x} 0h{width}v{height}h-{width}z")
        x += width
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total * module}" height="{height}" '
        f'viewBox="0 0 {total} {height}" preserveAspectRatio="none">'
        f'<path d="{"".join(steps)}"/></svg>'
    )


def _numbers(text: str) -> list[int]:
    """Return the numbers of start, codes and switches."""
    codes = encode(text)
    charset = codes[0].charset
    numbers = [_STARTS[charset]]
    for code in codes:
        if code.charset != charset:
            charset = code.charset
            numbers.append(_SWITCHES[charset])
        numbers.append(_number(code.charset, code.text))
    return numbers


def _number(charset: str, text: str) -> int:
    if text == FNC1:
        return _FNC1
    return int(text) if charset == "C" else ord(text) - 32

"""Where the pages of a paper end; heights are those of ``reports/order_paper_layout.xml``."""

from ...tools.paging import count_lines, paginate

# In pixels of the layout, which is 900 wide; its scale is the same on both.
PAGE_HEIGHTS = {"Letter": 1180}
PAGE_HEIGHT = 1300  # A4
LINE, SMALL_LINE, ROW_PADDING = 17.6, 15.0, 11.0
LETTERHEAD, TITLE, BAR_CODE = 110.0, 50.0, 75.0
TABLE_HEAD = 38.0
RUNNING_HEAD = 35.0


def get_row_height(text, width, small="", small_width=90):
    """The height of a row whose widest text gets ``width`` characters a line."""
    height = ROW_PADDING + LINE * count_lines(text, width)
    return height + (SMALL_LINE * count_lines(small, small_width) if small else 0.0)


def get_head_height(content, *blocks):
    """The height of letterhead, title and blocks of lines that stand side by side.

    :param content: as ``prepare_head`` makes it
    """
    bars = BAR_CODE * len(content["numbers"])
    return LETTERHEAD + max(TITLE, bars) + max(map(get_block_height, blocks), default=0.0)


def get_block_height(lines, width=34):
    """The height of a block of lines, such as an address."""
    return LINE * sum(count_lines(line, width) for line in lines)


def make_pages(picking, tables, top, tail=0.0, head=TABLE_HEAD):
    """Lay tables out on pages.

    :param list tables: of each its name, its rows, and the height of each row
    :param top: height of what stands above the first table
    :param tail: height of what stands below the last one
    :param head: height of a table's head
    :return list: of each page its ``parts``: ``table``, ``rows``, ``is_continued``
    """
    height = PAGE_HEIGHTS.get(picking.env.company.paperformat_id.format, PAGE_HEIGHT)
    heights = [row_heights for _table, _rows, row_heights in tables]
    pages = paginate(heights, height - RUNNING_HEAD, top - RUNNING_HEAD, head, tail)
    return [
        [
            {
                "table": tables[part.table][0],
                "rows": tables[part.table][1][part.start : part.end],
                "is_continued": part.start > 0,
            }
            for part in page
        ]
        for page in pages
    ]

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.rich_text import sanitized


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>Made <em>by hand</em></p>\r\n", "<p>Made <em>by hand</em></p>"),
        ("a<script>alert(1)</script>b<!-- c -->", "ab"),
        ('<p onclick="alert(1)">a</p>', "<p>a</p>"),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<iframe src="https://example.com"></iframe>', ""),
        ("a&#13;b", "a\nb"),
        ("<pre>\n\n a\n b</pre>", "<pre> a\n b</pre>"),
        ("1 < 2", "1 &lt; 2"),
    ],
)
def test_what_could_do_harm_is_taken_out_and_the_text_stays(html, kept):
    assert sanitized(html) == kept


pieces = st.sampled_from(
    [
        "<",
        ">",
        "&amp;",
        "&#13;",
        "&#10;",
        "&nbsp;",
        "\r\n",
        "\r",
        "<p>",
        "</p>",
        "<b ",
        "<!--",
        "-->",
        "<pre>",
        "</pre>",
        "<td>",
    ]
)


@given(st.lists(pieces | st.text(max_size=3), max_size=8).map("".join))
def test_cleaning_again_changes_nothing(html):
    assert sanitized(sanitized(html)) == sanitized(html)

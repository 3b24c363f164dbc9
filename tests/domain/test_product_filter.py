from commerce_api.domain.product_filter import Term


def test_a_word_that_was_searched_for_is_found_by_itself_or_in_the_words_made_with_it():
    assert Term(words=("decke",), compounds=("picknickdecke",)).all_words == ("decke", "picknickdecke")

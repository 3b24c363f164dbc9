from graphql import Visitor, parse, visit

from commerce_api.web.tokens import without_tokens


def _nodes(document):
    found = []

    class Each(Visitor):
        def enter(self, node, *_):
            found.append(node)

    visit(document, Each())
    return found


def test_a_document_lets_go_of_its_tokens_and_keeps_its_places():
    document = parse("query ($t: String!) { book(title: $t) { ...b } } fragment b on Book { title }")
    nodes = _nodes(document)
    places = [(each.loc.start, each.loc.end) for each in nodes]

    counted = without_tokens(document)

    tokens = [token for each in nodes for token in (each.loc.start_token, each.loc.end_token)]
    assert counted == len(nodes) == 25
    assert [(token.prev, token.next, token.value) for token in tokens] == [(None, None, None)] * 50
    assert [(each.loc.start, each.loc.end) for each in nodes] == places

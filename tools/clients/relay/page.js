// What Relay's compiler reads: a query that is paged through, with a fragment.
import { graphql } from 'relay-runtime';

export const query = graphql`
  query pageQuery($first: Int!, $after: String) {
    ...page_query
  }
`;

export const fragment = graphql`
  fragment page_query on Query {
    products(first: $first, after: $after) @connection(key: "page_products") {
      edges {
        node {
          id
          title
        }
      }
    }
  }
`;

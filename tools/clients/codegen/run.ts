// Asks with the generated document; the compiler holds the use of the answer against the generated types.
import { print } from 'graphql';
import { PageOfProductsDocument, type PageOfProductsQuery } from './generated.js';

declare const process: { env: Record<string, string | undefined> };

const response = await fetch(`${process.env['STORE']}/graphql`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
  body: JSON.stringify({ query: print(PageOfProductsDocument), variables: { first: 3 } }),
});
const { data, errors } = (await response.json()) as { data: PageOfProductsQuery; errors?: unknown };
if (errors) {
  throw new Error(JSON.stringify(errors));
}
const currency: string | undefined = data.channel.currencies[0];
console.log(`graphql-codegen: channel ${data.channel.code} in ${currency}, ${data.products.edges.length} products`);

// Runs the compiled query with Relay's runtime, from the network into the store, and reads it back.
import relay from 'relay-runtime';
import query from './__generated__/pageQuery.graphql.js';

const { Environment, Network, RecordSource, Store, fetchQuery } = relay;

const ask = async ({ text }, variables) => {
  const response = await fetch(`${process.env.STORE}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query: text, variables }),
  });
  return response.json();
};

const environment = new Environment({ network: Network.create(ask), store: new Store(new RecordSource()) });
await fetchQuery(environment, query, { first: 3 }).toPromise();
const kinds = Object.values(environment.getStore().getSource().toJSON()).map((record) => record.__typename);
if (!kinds.includes('ProductConnection')) {
  throw new Error(`Relay kept no connection, only ${kinds}`);
}
console.log(`Relay keeps ${kinds.length} records`);

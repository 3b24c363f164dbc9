// Starts GraphiQL. The tabs are a walk: a text "{{createCart.cart.id}}" among the variables of one tab stands for that value
// in the last answer that had it, "{{card:4242424242424242}}" for a token of the card vault, "{{days:14}}" for the moment in so
// many days, "{{new}}" for a new key: always the whole text. Tokens that were answered are sent with what follows.
(() => {
  const place = document.getElementById('graphiql');
  const { address, tabs } = place.dataset;
  if (!window.GraphiQL) {
    return;
  }

  const answers = [];
  const tokens = {};

  const noteTokens = (value) => {
    if (value === null || typeof value !== 'object') {
      return;
    }
    for (const [name, below] of Object.entries(value)) {
      if (name === 'accessToken' && below) {
        tokens.Authorization = `Bearer ${below}`;
      } else {
        noteTokens(below);
      }
    }
  };

  const found = (path) => {
    const steps = path.split('.');
    for (const data of [...answers].reverse()) {
      const value = steps.reduce((below, step) => below?.[step], data);
      if (value !== undefined && value !== null) {
        return value;
      }
    }
    throw new Error(`Nothing has answered ${path} yet: run the tabs before this one first.`);
  };

  const cardToken = async (number) => {
    const response = await fetch('/vault/cards', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ number, expiryMonth: 12, expiryYear: new Date().getFullYear() + 3, cvv: '123' }),
    });
    return (await response.json()).token;
  };

  const meanings = {
    'card:': cardToken,
    'days:': (days) => new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString(),
    new: () => crypto.randomUUID(),
    '': found,
  };

  const meant = async (text) => {
    const [, kind, rest] = text.match(/^\{\{(card:|days:|new|)(.*)\}\}$/) ?? [];
    return kind === undefined ? text : meanings[kind](rest);
  };

  const filled = async (value) => {
    if (typeof value === 'string') {
      return meant(value);
    }
    if (Array.isArray(value)) {
      return Promise.all(value.map(filled));
    }
    if (value && typeof value === 'object') {
      const entries = Object.entries(value).map(async ([name, below]) => [name, await filled(below)]);
      return Object.fromEntries(await Promise.all(entries));
    }
    return value;
  };

  const fetcher = async ({ query, variables, operationName }, options) => {
    // just after a change of tabs the editor may still name the operation of the last one
    const name = operationName && query.includes(operationName) ? operationName : undefined;
    const response = await fetch(address, {
      method: 'POST',
      headers: {
        Accept: 'application/graphql-response+json, application/json',
        'Content-Type': 'application/json',
        ...tokens,
        ...options?.headers,
      },
      body: JSON.stringify({ query, operationName: name, variables: await filled(variables) }),
    });
    const answer = await response.json();
    answers.push(answer.data);
    noteTokens(answer.data);
    if (answer.data?.createCart?.token) {
      tokens['X-Cart-Token'] = answer.data.createCart.token;
    }
    return answer;
  };

  // Both pages are of one origin; each keeps its tabs for itself.
  const kept = (name) => `${address}:${name}`;
  const storage = {
    length: 0,
    getItem: (name) => localStorage.getItem(kept(name)),
    setItem: (name, value) => localStorage.setItem(kept(name), value),
    removeItem: (name) => localStorage.removeItem(kept(name)),
    clear: () => localStorage.clear(),
  };

  const root = window.ReactDOM.createRoot(place);
  root.render(
    window.React.createElement(window.GraphiQL, {
      fetcher,
      defaultTabs: JSON.parse(tabs),
      defaultEditorToolsVisibility: 'variables',
      shouldPersistHeaders: false,
      storage,
      inputValueDeprecation: true,
    }),
  );
})();

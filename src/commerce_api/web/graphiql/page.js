// Starts GraphiQL. The tabs are a walk: a text "{{createCart.cart.id}}" among the variables of one tab stands for that value
// in the last answer that had it, and tokens that were answered are sent with what follows.
(() => {
  const place = document.getElementById('graphiql');
  const { address, tabs } = place.dataset;
  if (!window.GraphiQL) {
    return;
  }

  const answered = {};
  const tokens = {};

  const noteTokens = (value) => {
    if (value === null || typeof value !== 'object') {
      return;
    }
    for (const [name, below] of Object.entries(value)) {
      if (name === 'accessToken' && below) {
        tokens.Authorization = `Bearer ${below}`;
      } else if (name === 'cartToken' && below) {
        tokens['X-Cart-Token'] = below;
      } else {
        noteTokens(below);
      }
    }
  };

  const found = (path) => path.split('.').reduce((value, step) => value?.[step], answered);

  const filled = (value) => {
    if (typeof value === 'string') {
      const path = value.match(/^\{\{(.+)\}\}$/)?.[1];
      if (!path) {
        return value;
      }
      const there = found(path);
      if (there === undefined || there === null) {
        throw new Error(`Nothing has answered ${path} yet: run the tabs before this one first.`);
      }
      return there;
    }
    if (Array.isArray(value)) {
      return value.map(filled);
    }
    if (value && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([name, below]) => [name, filled(below)]));
    }
    return value;
  };

  const fetcher = async (asked, options) => {
    const response = await fetch(address, {
      method: 'POST',
      headers: {
        Accept: 'application/graphql-response+json, application/json',
        'Content-Type': 'application/json',
        ...tokens,
        ...options?.headers,
      },
      body: JSON.stringify({ ...asked, variables: filled(asked.variables) }),
    });
    const answer = await response.json();
    Object.assign(answered, answer.data);
    noteTokens(answer.data);
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

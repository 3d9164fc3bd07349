import { catalogue } from '../error.ts';

export const graphErrors = catalogue({
  E_GRAPH_NODE: { summary: 'An edge of a graph names a node that does not exist.', exit: 1 },
});

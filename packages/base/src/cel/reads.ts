import type { ASTNode } from '@marcbachmann/cel-js';

/** A node of the syntax tree: `op` and `args` as the parser made them, before macros were expanded. */
export type CelNode = ASTNode;

/** A field an expression reads: the variable, then field names as far as they are known without evaluating. */
export interface Read {
  readonly root: string;
  readonly path: readonly string[];
}

/** Macros that declare their first argument as a variable of the others. */
const binders: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'optMap', 'optFlatMap']);

/**
 * Every field of a free variable that an expression may read, found without evaluating it. A read ends where the path is computed
 * (`params[name]`) or handed to a function or macro; whoever follows it must then assume that everything below is read.
 */
export function readsOf(ast: CelNode, isConstant: (name: string) => boolean): readonly Read[] {
  const reads: Read[] = [];
  const walk = (node: CelNode, bound: ReadonlySet<string>): void => {
    const read = chainOf(node);
    if (read !== undefined) {
      if (!bound.has(read.root) && !isConstant(read.root)) reads.push(read);
      return;
    }
    for (const [child, names] of childrenOf(node))
      walk(child, names.length === 0 ? bound : new Set([...bound, ...names]));
  };
  walk(ast, new Set());
  return reads;
}

/** `a.b["c"]` as a path; undefined when the node is anything else. */
function chainOf(node: CelNode): Read | undefined {
  if (node.op === 'id') return { root: node.args, path: [] };
  const step = stepOf(node);
  if (step === undefined) return undefined;
  const left = chainOf(step.left);
  return left === undefined ? undefined : { root: left.root, path: [...left.path, step.name] };
}

function stepOf(node: CelNode): { readonly left: CelNode; readonly name: string } | undefined {
  if (node.op === '.' || node.op === '.?') return { left: node.args[0], name: node.args[1] };
  if (node.op !== '[]' && node.op !== '[?]') return undefined;
  const [left, index] = node.args;
  return index.op === 'value' && typeof index.args === 'string' ? { left, name: index.args } : undefined;
}

type Child = readonly [node: CelNode, declares: readonly string[]];

function childrenOf(node: CelNode): readonly Child[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return free([node.args[0]]);
    case 'call':
      return free(node.args[1]);
    case 'rcall':
      return callChildren(node.args[0], node.args[1], node.args[2]);
    case 'list':
      return free(node.args);
    case 'map':
      return free(node.args.flat());
    case '!_':
    case '-_':
      return free([node.args]);
    default:
      return free(node.args);
  }
}

function callChildren(name: string, receiver: CelNode, args: readonly CelNode[]): readonly Child[] {
  const [first, ...rest] = args;
  if (first?.op === 'id' && binders.has(name))
    return [[receiver, []], ...rest.map((node): Child => [node, [first.args]])];
  const [value, body] = rest;
  const isBind = name === 'bind' && receiver.op === 'id' && receiver.args === 'cel';
  if (isBind && first?.op === 'id' && value !== undefined && body !== undefined)
    return [
      [value, []],
      [body, [first.args]],
    ];
  return free([receiver, ...args]);
}

function free(nodes: readonly CelNode[]): readonly Child[] {
  return nodes.map((node) => [node, []]);
}

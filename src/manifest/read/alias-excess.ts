import type { Finding } from './manifest-problem.ts';
import { childrenOf, type Node, targetOf } from './node.ts';

interface Size {
  /** Nodes that reading the value makes, those behind aliases counted at each alias. */
  readonly nodes: number;
  /** Those of them that lie behind an alias. */
  readonly aliased: number;
}

/**
 * A document that is small as text and huge as a value (`a: &a [*b, *b, …]`, again and again). The bound is that of
 * go-yaml v2: up to 400,000 nodes nearly all may lie behind aliases, beyond 4,000,000 a tenth.
 */
export function excessive(root: Node): Finding | undefined {
  const { nodes, aliased } = sizeOf(root, new Map());
  if (nodes <= 1000 || aliased <= 100 || aliased / nodes <= allowed(nodes)) return undefined;
  return { severity: 'error', offset: root.start, message: 'the document contains excessive aliasing' };
}

function allowed(nodes: number): number {
  const [low, high] = [400_000, 4_000_000];
  if (nodes <= low) return 0.99;
  if (nodes >= high) return 0.1;
  return 0.99 - (0.89 * (nodes - low)) / (high - low);
}

function sizeOf(node: Node, known: Map<Node, Size>): Size {
  if (node.type === 'scalar') return { nodes: 1, aliased: 0 };
  if (node.type === 'alias') {
    const { nodes } = sizeOf(targetOf(node), known);
    return { nodes: nodes + 1, aliased: nodes };
  }
  const before = known.get(node);
  if (before !== undefined) return before;
  let nodes = 1;
  let aliased = 0;
  for (const { value } of childrenOf(node)) {
    const size = sizeOf(value, known);
    nodes += size.nodes + (node.type === 'map' ? 1 : 0);
    aliased += size.aliased;
  }
  const size = { nodes, aliased };
  if (node.anchor !== undefined) known.set(node, size);
  return size;
}

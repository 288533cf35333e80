import type { OffsetFinding } from './manifest-problem.ts';
import { childrenOf, type Node, targetOf } from './node.ts';

interface Size {
  /** The nodes of the value; nodes behind aliases count at each alias. */
  readonly nodes: number;
  /** The number of nodes behind aliases. */
  readonly aliased: number;
}

/**
 * The finding for a document that is small as text and huge as a value (`a: &a [*b, *b, …]`, again and again). The
 * bound is that of go-yaml v2: of up to 400,000 nodes nearly all may be behind aliases, of more than 4,000,000 a tenth.
 */
export function aliasExcess(root: Node): OffsetFinding | undefined {
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

function sizeOf(node: Node, sizes: Map<Node, Size>): Size {
  if (node.type === 'scalar') return { nodes: 1, aliased: 0 };
  if (node.type === 'alias') {
    const { nodes } = sizeOf(targetOf(node), sizes);
    return { nodes: nodes + 1, aliased: nodes };
  }
  const before = sizes.get(node);
  if (before !== undefined) return before;
  let nodes = 1;
  let aliased = 0;
  for (const { value } of childrenOf(node)) {
    const size = sizeOf(value, sizes);
    nodes += size.nodes + (node.type === 'map' ? 1 : 0);
    aliased += size.aliased;
  }
  const size = { nodes, aliased };
  if (node.anchor !== undefined) sizes.set(node, size);
  return size;
}

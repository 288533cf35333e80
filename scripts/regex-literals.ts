/** Finds the regular expressions of a TypeScript file by its syntax tree. */
import { stripTypeScriptTypes } from 'node:module';
import { type Node, parse } from 'acorn';

/** A regular expression and its line. Without a `source`, only a run could tell its text. */
export interface Found {
  readonly line: number;
  readonly source?: string;
  readonly flags: string;
}

type Tree = Node & { readonly [key: string]: unknown };

/**
 * Every literal and every `RegExp(…)`. The text of the latter is put together from literals and constants of the file.
 */
export function regexesIn(text: string): readonly Found[] {
  // Types become spaces, so that lines stay where they are.
  const code = stripTypeScriptTypes(text);
  const tree = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true }) as unknown as Tree;
  const constants = new Map<string, Tree>();
  walk(tree, (node) => {
    if (node.type === 'VariableDeclarator' && isNode(node.init))
      constants.set((node.id as Tree).name as string, node.init);
  });
  const found: Found[] = [];
  walk(tree, (node) => {
    const line = node.loc!.start.line;
    const { regex } = node as { regex?: { pattern: string; flags: string } };
    if (regex !== undefined) found.push({ line, source: regex.pattern, flags: regex.flags });
    const callee = node.callee as Tree | undefined;
    if ((node.type !== 'NewExpression' && node.type !== 'CallExpression') || callee?.name !== 'RegExp') return;
    const [source, flags] = (node.arguments as readonly Tree[]).map((one) => textOf(one, constants));
    found.push({ line, ...(source !== undefined && { source }), flags: flags ?? '' });
  });
  return found;
}

/** The text of an expression, as far as it is known without a run. */
function textOf(node: Tree, constants: ReadonlyMap<string, Tree>, depth = 0): string | undefined {
  if (depth > 20) return undefined;
  const inner = (one: Tree) => textOf(one, constants, depth + 1);
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type === 'Identifier') {
    const value = constants.get(node.name as string);
    return value === undefined ? undefined : inner(value);
  }
  if (node.type === 'TemplateLiteral') return templateText(node, 'cooked', inner);
  if (node.type === 'TaggedTemplateExpression') {
    const tag = node.tag as { object?: Tree; property?: Tree };
    const isRaw = tag.object?.name === 'String' && tag.property?.name === 'raw';
    return isRaw ? templateText(node.quasi as Tree, 'raw', inner) : undefined;
  }
  return node.type === 'CallExpression' ? joined(node, inner) : undefined;
}

function templateText(node: Tree, how: 'cooked' | 'raw', inner: (one: Tree) => string | undefined): string | undefined {
  const parts = (node.quasis as readonly { value: Record<'cooked' | 'raw', string> }[]).map(({ value }) => value[how]);
  const held = (node.expressions as readonly Tree[]).map(inner);
  return held.includes(undefined) ? undefined : parts.map((part, i) => part + (held[i] ?? '')).join('');
}

/** `[…].join('|')`. */
function joined(node: Tree, inner: (one: Tree) => string | undefined): string | undefined {
  const { object, property } = node.callee as { object?: Tree; property?: Tree };
  if (object?.type !== 'ArrayExpression' || property?.name !== 'join') return undefined;
  const parts = (object.elements as readonly Tree[]).map(inner);
  const separator = inner((node.arguments as readonly Tree[])[0]!);
  return parts.includes(undefined) || separator === undefined ? undefined : parts.join(separator);
}

function walk(node: Tree, visit: (node: Tree) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const one of Array.isArray(value) ? value : [value]) if (isNode(one)) walk(one, visit);
  }
}

function isNode(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

import type { Edits } from '../../text/text-edit.ts';
import type { Entry, Item, Node } from '../read/node.ts';
import type { FlowStyle } from '../write/flow-text.ts';
import type { BlockStyle } from '../write/layout-style.ts';

/** The context in which the changes of a document are written. */
export interface EditContext {
  readonly text: string;
  readonly edits: Edits;
  readonly block: BlockStyle;
  /** The style of brackets whose content shows none. */
  readonly flow: FlowStyle;
  /** Anchored nodes that were removed or changed; no alias refers to them any more. */
  readonly staleAnchors: ReadonlySet<Node>;
}

/** The holder of a value: an entry, an item, or the document. */
export type ValueHolder = Entry | Item | { readonly value: Node };

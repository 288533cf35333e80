import type { Edits } from '../../text/text-edit.ts';
import type { Entry, Item, Node } from '../read/node.ts';
import type { FlowStyle } from '../write/flow-text.ts';
import type { BlockStyle } from '../write/layout-style.ts';

/** What is at hand while the changes of a document are written. */
export interface Editing {
  readonly text: string;
  readonly edits: Edits;
  readonly block: BlockStyle;
  /** Of brackets that nothing inside shows the style of. */
  readonly flow: FlowStyle;
  /** Anchored nodes that are gone or changed; nothing refers to them any more. */
  readonly disturbed: ReadonlySet<Node>;
}

/** What a value stands in: an entry, an item, or the document. */
export type Holder = Entry | Item | { readonly value: Node };

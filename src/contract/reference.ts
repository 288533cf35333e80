import { oneOf } from '../flags/codecs.ts';
import { flag } from '../flags/flag.ts';

/** Flags of `annotations`, `reasons` and `metrics`. */
export const referenceFlags = {
  output: flag({
    name: 'output',
    short: 'o',
    codec: oneOf('table', 'json', 'markdown'),
    default: 'table' as 'table' | 'json' | 'markdown',
    doc: 'A table for people, JSON for programs, or the tables of the documentation.',
    example: 'json',
  }),
};

/** Flags of `version`. */
export const versionFlags = {
  output: flag({
    name: 'output',
    short: 'o',
    codec: oneOf('text', 'json'),
    default: 'text' as 'text' | 'json',
    doc: 'One line, or JSON for programs.',
    example: 'json',
  }),
};

/** The shells that completion can be printed for. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

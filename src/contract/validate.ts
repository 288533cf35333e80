import { oneOf } from '../flags/codecs.ts';
import { flag } from '../flags/flag.ts';
import { checkFlags } from './cluster-commands.ts';
import { statsdFlags } from './statsd.ts';

/** Flags of `validate`; what the runtime reads a mapping by is the runtime's. */
export const validateFlags = {
  strictConfig: statsdFlags.strictConfig,
  compatGlob: statsdFlags.compatGlob,
  failOn: checkFlags.failOn,
  output: flag({
    name: 'output',
    short: 'o',
    codec: oneOf('text', 'json'),
    default: 'text' as 'text' | 'json',
    doc: 'One line a finding, or JSON for programs.',
    example: 'json',
  }),
};

import { oneOf } from '../flags/codecs.ts';
import { flag, type Settings } from '../flags/flag.ts';
import { statsdFlags } from './statsd.ts';

/** Flags of `validate`; what the runtime reads a mapping by is the runtime's. */
export const validateFlags = {
  strictConfig: statsdFlags.strictConfig,
  compatGlob: statsdFlags.compatGlob,
  failOn: flag({
    name: 'fail-on',
    codec: oneOf('warning', 'error'),
    default: 'error' as 'warning' | 'error',
    doc: 'What makes the exit code 1: errors alone, or warnings too.',
    example: 'warning',
  }),
  output: flag({
    name: 'output',
    short: 'o',
    codec: oneOf('text', 'json'),
    default: 'text' as 'text' | 'json',
    doc: 'One line a finding, or JSON for programs.',
    example: 'json',
  }),
};

export type ValidateSettings = Settings<typeof validateFlags>;

import { expect, test } from 'vitest';
import { mountsOf, readUndo } from '../../../src/inject/pod/undo.ts';
import type { Json } from '../../../src/json/json.ts';

const mapping = { name: 'metrics-sidecar-mapping', mountPath: '/etc/statsd', to: ['a', 'b'] };
const other = { name: 'metrics-sidecar-other', mountPath: '/srv/other', to: ['a'] };

test.each<[string, Json, readonly object[]]>([
  ['one alone, as versions before wrote it', mapping, [mapping]],
  ['several', [mapping, other], [mapping, other]],
  ['one in a list', [other], [other]],
  ['none', null, []],
  ['what is no mount', [{ name: 'x' }, 3, mapping], [mapping]],
])('shared directories of a record: %s', (_, mount, mounts) => {
  expect(mountsOf(readUndo({ undo: { mount } })!)).toEqual(mounts);
});

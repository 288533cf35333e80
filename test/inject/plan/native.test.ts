import { expect, test } from 'vitest';
import { decideNative } from '../../../src/inject/plan/native.ts';

const old = ['v1.35.4', 'v1.28.9'];
const middle = ['v1.31.2+k3s1'];

// annotation, settings, kubelets, takes a name over -> native, reason
test.each([
  ['auto', 'auto', null, false, true, undefined],
  ['auto', 'auto', null, true, true, undefined],
  ['auto', 'auto', [], false, true, undefined],
  ['auto', 'auto', ['kwok-v0.7.0'], false, true, undefined],
  ['auto', 'auto', ['v1.29.0'], false, true, undefined],
  ['auto', 'auto', ['2.0'], true, true, undefined],
  ['auto', 'auto', old, false, false, 'classic_old_kubelet'],
  ['auto', 'auto', old, true, false, 'classic_old_kubelet'],
  ['auto', 'auto', middle, true, false, 'classic_named_port'],
  ['auto', 'auto', middle, false, true, undefined],
  ['auto', 'auto', ['1.32.0'], true, true, undefined],
  ['auto', 'true', old, false, true, 'native_unsupported'],
  ['auto', 'false', ['1.35'], false, false, undefined],
  ['true', 'false', ['1.35'], false, true, undefined],
  ['true', 'auto', old, false, true, 'native_unsupported'],
  ['true', 'auto', middle, true, true, 'native_unsupported'],
  ['false', 'true', ['1.35'], true, false, undefined],
] as const)(
  'annotation %s, settings %s, kubelets %s, named port %s: native %s',
  (word, mode, kubelets, named, native, code) => {
    const result = decideNative({ value: word, source: 'annotation' }, named, kubelets, {
      nativeSidecars: mode,
    });
    expect(result.native).toBe(native);
    expect(result.reasons.map((one) => one.code)).toEqual(code === undefined ? [] : [code]);
  },
);

test('the version of the settings stands in for kubelets that are not known, and only for those', () => {
  const said = { nativeSidecars: 'auto', kubernetesVersion: '1.27' } as const;
  const auto = { value: 'auto', source: 'default' } as const;
  expect(decideNative(auto, false, null, said).native).toBe(false);
  expect(decideNative(auto, false, ['v1.33.0'], said).native).toBe(true);
});

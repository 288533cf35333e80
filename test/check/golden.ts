import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

const root = join(import.meta.dirname, '../golden/check');

/** Compares with a recorded text; `UPDATE_GOLDENS=1` records it. */
export function expectGolden(name: string, text: string): void {
  const file = join(root, name);
  if (process.env.UPDATE_GOLDENS) writeFileSync(file, text);
  expect(text).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '');
}

// node test/manifest/record-kubectl.ts: writes what the kubectl on the PATH makes of each odd text.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubectlReads } from './kubectl-reads.ts';
import { head, oddTexts } from './odd-yaml.ts';

const lines: string[] = [];
for (let at = 0; at < oddTexts.length; at += 4) {
  const some = oddTexts.slice(at, at + 4);
  const read = await Promise.all(some.map((text) => kubectlReads(text, execFile)));
  for (const [i, text] of some.entries()) lines.push(JSON.stringify([text.slice(head.length), read[i]]));
}
writeFileSync(join(import.meta.dirname, '../golden/manifest/odd-yaml.json'), `[\n${lines.join(',\n')}\n]\n`);

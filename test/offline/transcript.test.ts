import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'transcript-'));
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * What a document shows of `lint` and `explain`: manifests whose first line is `# NAME.yaml`, and commands with what
 * they print.
 */
interface Transcript {
  readonly document: string;
  readonly command: string;
  /** What is shown; a last line of three dots stands for the rest. */
  readonly shown: string;
}

function transcriptsOf(document: string): readonly Transcript[] {
  const text = readFileSync(join(root, document), 'utf8');
  for (const [, name, manifest] of text.matchAll(/```yaml\n# (\w+\.yaml)\n([\s\S]*?)```/g)) {
    writeFileSync(join(folder, name!), `# ${name}\n${manifest}`);
  }
  return [...text.matchAll(/```console\n\$ metrics-sidecar ((?:lint|explain) .*)\n([\s\S]*?)```/g)].map(
    ([, command, shown]) => ({ document, command: command!, shown: shown! }),
  );
}

const transcripts = ['docs/troubleshooting.md', 'docs/lint.md'].flatMap(transcriptsOf);

test('the documents show both commands', () => {
  expect(transcripts.map(({ command }) => command.split(' ')[0])).toEqual(['lint', 'lint', 'explain']);
});

test.each(transcripts)('$document: $command', ({ document, command, shown }) => {
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'src/main.ts'), ...command.split(' ')], {
    cwd: folder,
    encoding: 'utf8',
    env: {},
  });
  const printed = stdout + stderr;
  if (process.env.UPDATE_GOLDENS) {
    const path = join(root, document);
    const rest = printed.indexOf('  What is added\n');
    const kept = rest < 0 ? printed : `${printed.slice(0, rest)}  …\n`;
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(
        `$ metrics-sidecar ${command}\n${shown}`,
        () => `$ metrics-sidecar ${command}\n${kept}`,
      ),
    );
    return;
  }
  if (shown.endsWith('  …\n'))
    expect(printed.slice(0, shown.length - '  …\n'.length)).toBe(shown.replace(/ {2}…\n$/, ''));
  else expect(printed).toBe(shown);
});

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { allCommands } from '../../src/cli/command-table.ts';
import { runCompletion } from '../../src/cli/commands/completion-command.ts';
import { type Shell, shells } from '../../src/contract/reference.ts';
import { kindNames } from '../../src/kinds/kind-names.ts';
import { printed } from '../cli/printed.ts';

const commands = await allCommands();

const folder = mkdtempSync(join(tmpdir(), 'metrics-sidecar-completion-'));
const scripts = Object.fromEntries(shells.map((shell) => [shell, join(folder, `completion.${shell}`)])) as Record<
  Shell,
  string
>;
const driver = (shell: 'bash' | 'zsh') => join(import.meta.dirname, `complete.${shell}`);

beforeAll(async () => {
  for (const shell of shells) {
    const { out } = await printed((args, io) => runCompletion(commands, args, io), shell);
    writeFileSync(scripts[shell], out);
  }
  mkdirSync(join(folder, 'fish'));
});

const matches = (text: string) => text.split('\n').filter((line) => line !== '');

/** The words of a line as bash parts them before it asks: at = and : too. */
function parted(line: string): readonly string[] {
  return line.split(' ').flatMap((word) => word.match(/[=:]+|[^=:]+/g) ?? ['']);
}

type Offers = readonly string[];

/** What was answered to each line: an empty line stands behind every answer. */
function answered(out: string): readonly Offers[] {
  const lines = out.split('\n').slice(0, -1);
  const ends = lines.flatMap((line, i) => (line === '' ? [i] : []));
  return ends.map((end, i) => lines.slice(i === 0 ? 0 : ends[i - 1]! + 1, end));
}

/** What each shell offers behind `metrics-sidecar LINE`, for each of the lines. */
const offers: Readonly<Record<Shell, (lines: readonly string[], script?: string) => readonly Offers[]>> = {
  bash: (lines) =>
    lines.map((line) =>
      matches(execFileSync('bash', ['--norc', driver('bash'), scripts.bash, ...parted(line)], { encoding: 'utf8' })),
    ),
  // A zsh that completes takes a third of a second to start, so it is asked for all of them at once.
  zsh: (lines, script = scripts.zsh) => {
    const asked = lines.map((line) => `metrics-sidecar ${line}`);
    const out = execFileSync('zsh', ['-f', driver('zsh'), script, ...asked], { encoding: 'utf8' });
    return answered(out);
  },
  fish: (lines) => {
    // Its own settings stay out of it.
    const env = { ...process.env, XDG_CONFIG_HOME: join(folder, 'fish'), XDG_DATA_HOME: join(folder, 'fish') };
    const asked = lines.map((line) => `complete -C ${JSON.stringify(`metrics-sidecar ${line}`)}; echo`).join('; ');
    const source = `source ${scripts.fish}; ${asked}`;
    const out = execFileSync('fish', ['--no-config', '-c', source], { encoding: 'utf8', env });
    return answered(out).map((some) => some.map((match) => match.split('\t')[0]!));
  },
};

/** Of every command its first flag, as a line, and as it is spelled. */
async function firstFlags(): Promise<readonly (readonly [line: string, flag: string])[]> {
  const some = commands.map(async ({ name, flags: groups }) => {
    const first = (await groups()).flatMap(([, table]) => Object.values(table))[0];
    if (first === undefined) return [];
    const spelled = first.default === true ? `--no-${first.name}` : `--${first.name}`;
    return [[`${name} ${spelled}`, spelled] as const];
  });
  return (await Promise.all(some)).flat();
}

const names = commands.map(({ name }) => name);
const after = (...before: readonly string[]) => kindNames.filter((kind) => !before.includes(kind));

/** Lines, and what is offered behind them: these words and no others. */
const exactly: [line: string, words: readonly string[]][] = [
  ['', names],
  ['sta', ['statsd']],
  ['check -o ', ['table', 'short', 'json']],
  ['check -o j', ['json']],
  ['check --output sh', ['short']],
  ['reasons native_u', ['native_unsupported']],
  ['annotations statsd.metrics-sidecar.io/udp-p', ['statsd.metrics-sidecar.io/udp-port']],
  ['metrics ingest_push_s', ['ingest_push_size_bytes']],
  ['dashboards metrics-sidecar-statsd', ['metrics-sidecar-statsd']],
  ['completion ', shells],
  ['help vali', ['validate']],
  ['--log.level warn statsd --log.level d', ['debug']],
  ['--log.level=warn stat', ['statsd']],
  ['--log.level warn stat', ['statsd']],
  ['statsd + ', after('statsd')],
  ['statsd --statsd.listen-udp=:8125 + ', after('statsd')],
  ['statsd --statsd.listen-udp 127.0.0.1:8125 + ing', ['ingest']],
  ['port-monitor + ingest + ', after('port-monitor', 'ingest')],
  [`validate ${import.meta.dirname}/comple`, ['bash', 'zsh']],
  ['check --context ', []],
];

/** Flags that are offered, and one that is not. */
const flags: [line: string, some: string, none: string][] = [
  ['check --', 'output', 'statsd.listen-udp'],
  ['statsd --', 'statsd.listen-udp', 'ingest.listen-address'],
  ['statsd --', 'log.level', 'on-invalid'],
  ['statsd + ingest --', 'ingest.listen-address', 'statsd.listen-udp'],
  ['--', 'log.level', 'statsd.listen-udp'],
  ['check --', 'pre', 'no-pre'],
  ['scrape-config --', 'no-annotation-job', 'annotation-job'],
  ['list --', 'all-namespaces', 'pre'],
];

/**
 * Not every machine has every shell; whoever reads the results sees which one was not asked. In CI none may be missing.
 */
function isThere(shell: string): boolean {
  const found = spawnSync(shell, ['--version']).status === 0;
  if (!found && process.env['CI'] === 'true') throw new Error(`no ${shell}: what completes its lines was not run`);
  return found;
}

describe.each(shells)('%s', (shell) => {
  const found = isThere(shell);
  const test_ = found ? test : test.skip;
  const root = join(import.meta.dirname, '../..');
  const values = ['check --output=', 'check --output=j'] as const;
  const directories = `dashboards -o ${root}/`;
  const answers = new Map<string, Offers>();
  const offered = (line: string): Offers => answers.get(line)!;

  beforeAll(async () => {
    if (!found) return;
    const asked = [...exactly, ...flags, ...(await firstFlags())].map(([line]) => line);
    const lines = [...new Set([...asked, ...values, directories])];
    const got = offers[shell](lines);
    expect(got.length).toBe(lines.length);
    for (const [i, line] of lines.entries()) answers.set(line, got[i]!);
  });

  test_.each(exactly)(`${found ? '' : `no ${shell} on this machine: `}[%s]`, (line, words) => {
    const got = new Set(offered(line));
    if (line.startsWith('validate')) {
      const ends = words.map((end) => `complete.${end}`);
      expect(
        [...got]
          .map((path) => path.split('/').at(-1))
          .filter((name) => ends.includes(name!))
          .sort(),
      ).toEqual(ends);
    } else {
      expect([...got].sort()).toEqual([...words].sort());
    }
  });

  test_.each(flags)(
    `${found ? '' : `no ${shell} on this machine: `}[%s] has --%s, and not --%s`,
    (line, some, none) => {
      const got = new Set(offered(line).map((flag) => flag.replace(/=$/, '')));
      expect(got).toContain(`--${some}`);
      expect(got).not.toContain(`--${none}`);
    },
  );

  test_('values behind =, in the spelling of the shell', () => {
    const before = shell === 'fish' ? '--output=' : '';
    expect([...offered(values[0])].sort()).toEqual(['json', 'short', 'table'].map((word) => before + word));
    expect(offered(values[1])).toEqual([`${before}json`]);
  });

  test_('directories where a directory is asked for', () => {
    const got = new Set(offered(directories).map((path) => path.replace(/\/$/, '').split('/').at(-1)));
    expect(got).toContain('src');
    expect(got).not.toContain('package.json');
  });

  test_('every command has its flags', async () => {
    const asked = await firstFlags();
    expect(asked.map(([line]) => offered(line)[0]?.replace(/=$/, ''))).toEqual(asked.map(([, flag]) => flag));
  });
});

test.skipIf(!isThere('zsh'))('zsh finds it in a folder of fpath', async () => {
  const script = join(folder, '_metrics-sidecar');
  writeFileSync(script, (await printed((args, io) => runCompletion(commands, args, io), 'zsh')).out);
  expect(offers.zsh(['check -o '], script)).toEqual([['table', 'short', 'json']]);
});

test('bash where = parts no words', () => {
  const asked = ['--norc', driver('bash'), scripts.bash, 'check', '--output=j'];
  expect(matches(execFileSync('bash', asked, { encoding: 'utf8' }))).toEqual(['--output=json']);
});

test.each([
  [[], 'which shell? one of bash, zsh, fish'],
  [['bash', 'zsh'], 'which shell? one of bash, zsh, fish'],
  [['zhs'], '"zhs" is no shell that is known: one of bash, zsh, fish; did you mean "zsh"?'],
  [['--help'], '"--help" is no shell that is known: one of bash, zsh, fish'],
])('%j is a wrong command line', async (args, problem) => {
  const { code, out, err } = await printed((given, io) => runCompletion(commands, given, io), ...args);
  expect({ code, out, err }).toEqual({
    ...{ code: 2, out: '' },
    err: `metrics-sidecar: ${problem}\nTry "metrics-sidecar completion --help".\n`,
  });
});

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { portMonitorFlags } from '../../src/contract/port-monitor.ts';
import type { MetricStore } from '../../src/exposition/metric/metric-store.ts';
import { createStore } from '../../src/exposition/store.ts';
import { defaults } from '../../src/flags/flag.ts';
import { startPortMonitor } from '../../src/port-monitor/port-monitor.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';

const golden = fileURLToPath(new URL('../golden/port-monitor/', import.meta.url));
const limits = { families: 100, series: 200, seriesPerFamily: 100, labelsPerSeries: 5, labelValueBytes: 100 };

interface Running {
  readonly runtime: Runtime;
  readonly store: MetricStore;
  readonly clock: { now: number };
  readonly logged: object[];
}

async function start(settings: Partial<ReturnType<typeof defaults<typeof portMonitorFlags>>>): Promise<Running> {
  const clock = { now: 1_700_000_000_000 };
  const store = createStore({ limits, now: () => clock.now });
  const logged: object[] = [];
  const log = { debug() {}, info: (_: string, fields: object = {}) => logged.push(fields), warn() {}, error() {} };
  const context = { store, log, now: () => clock.now, monotonic: () => clock.now, page: () => {} };
  const started = await startPortMonitor({ ...defaults(portMonitorFlags), ...settings }, context);
  if (!started.ok) throw new Error(started.problem);
  return { runtime: started.value, store, clock, logged };
}

/** The samples of the page, one a line, without how long it took. */
function samples(store: MetricStore): string {
  return store
    .render('text')
    .toString()
    .split('\n')
    .filter((line) => !line.startsWith('#') && !line.includes('duration'))
    .join('\n');
}

const scratch: string[] = [];
afterEach(() => {
  for (const directory of scratch.splice(0)) rmSync(directory, { recursive: true });
});

/** A copy of a golden directory that a test may change. */
function copyOf(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'proc-'));
  scratch.push(directory);
  cpSync(join(golden, name), directory, { recursive: true });
  return directory;
}

describe('the page', () => {
  test.each(readdirSync(golden))('of %s', async (name) => {
    const procPath = join(golden, name);
    const { runtime, store } = await start({ procPath });
    runtime.collect?.(0);
    expect(samples(store)).toBe(readFileSync(join(procPath, 'page.txt'), 'utf8'));
  });

  test('of this machine has the sockets that are open here', async () => {
    const { runtime, store } = await start({});
    runtime.collect?.(0);
    expect(samples(store)).toMatch(/^port_monitor_tcp_sockets_in_use\{family="ipv4"\} \d+$/m);
    expect(samples(store)).toMatch(/^port_monitor_ephemeral_ports_usable \d+$/m);
  });
});

describe('collecting again', () => {
  test('takes a series away with its file, counts that, logs it once, and brings it back', async () => {
    const procPath = copyOf('linux-6.18');
    const { runtime, store, logged } = await start({ procPath });
    runtime.collect?.(0);
    const whole = samples(store);
    rmSync(join(procPath, 'net/sockstat'));
    for (let i = 0; i < 3; i++) runtime.collect?.(0);
    const without = samples(store);
    expect(without).not.toContain('sockets_used');
    expect(without).toContain('port_monitor_tcp_sockets_in_use{family="ipv6"} 0');
    expect(without).toContain('port_monitor_read_errors_total{file="sockstat",reason="missing"} 3');
    expect(logged.filter((fields) => 'reason' in fields)).toEqual([{ file: 'sockstat', reason: 'missing' }]);
    cpSync(join(golden, 'linux-6.18/net/sockstat'), join(procPath, 'net/sockstat'));
    runtime.collect?.(0);
    const error = 'port_monitor_read_errors_total{file="sockstat",reason="missing"} 3\n';
    expect(samples(store).replace(error, '')).toBe(whole);
  });

  test('reads the port range only once in its interval', async () => {
    const procPath = copyOf('linux-6.18');
    const { runtime, store, clock } = await start({ procPath, rangeInterval: 60_000 });
    const low = () => /range_low (\d+)/.exec(samples(store))?.[1];
    runtime.collect?.(0);
    expect(low()).toBe('32768');
    writeFileSync(join(procPath, 'sys/net/ipv4/ip_local_port_range'), '1024 65535\n');
    clock.now += 59_999;
    runtime.collect?.(0);
    expect(low()).toBe('32768');
    clock.now += 1;
    runtime.collect?.(0);
    expect(low()).toBe('1024');
    clock.now -= 3_600_000;
    writeFileSync(join(procPath, 'sys/net/ipv4/ip_local_port_range'), '2048 65535\n');
    runtime.collect?.(0);
    expect(low()).toBe('2048');
  });

  test('says on the landing page what is known', async () => {
    const { runtime } = await start({ procPath: join(golden, 'no-ipv6') });
    runtime.collect?.(0);
    expect(runtime.landing()).toEqual([
      {
        title: 'Port monitor',
        rows: [
          ['Reads', join(golden, 'no-ipv6')],
          ['Port range', '1024 to 1123'],
          ['Usable to one destination', '81'],
          ['sockstat6: missing', '1'],
        ],
      },
    ]);
  });

  test('of a directory that is not there is a page of errors only', async () => {
    const { runtime, store } = await start({ procPath: '/nonexistent' });
    runtime.collect?.(0);
    const lines = samples(store).trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line).toMatch(/^port_monitor_read_errors_total\{.*reason="missing"\} 1$/);
  });
});

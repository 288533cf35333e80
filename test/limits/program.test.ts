import { expect, test } from 'vitest';
import { describeLimited } from './cgroup.ts';
import { startLimited, startLimitedSidecar, startLimitedWebhook } from './program.ts';

describeLimited('the program in a memory cgroup', () => {
  test('a webhook and a sidecar start in the 64 MiB that the smallest containers have', async () => {
    await using webhook = await startLimitedWebhook(64);
    await using sidecar = await startLimitedSidecar(64);
    for (const { web } of [webhook, sidecar]) expect((await fetch(`http://127.0.0.1:${web}/metrics`)).status).toBe(200);
    for (const { group, peak } of [webhook, sidecar]) {
      expect(group.kills()).toBe(0);
      expect(await peak()).toBeGreaterThan(10);
    }
  });

  test('a limit is a limit: 8 MiB are too little, and the kernel ends the process', async () => {
    await using program = startLimited(8, ['statsd', '--statsd.listen-udp=', '--statsd.listen-tcp=127.0.0.1:0']);
    await new Promise((resolve) => program.child.once('exit', resolve));
    expect(program.ended()).toBe('SIGKILL');
    expect(program.group.kills()).toBe(1);
  });
});

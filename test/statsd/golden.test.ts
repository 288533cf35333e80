import { expect, test } from 'vitest';
import { comparable, goldenCases } from './golden-case.ts';
import { sendTcp, sendUdp, startRuntime } from './runtime.ts';

const transports = ['UDP', 'TCP'] as const;

for (const golden of goldenCases()) {
  for (const transport of transports) {
    test(`${golden.file}: ${golden.title} (${transport})`, async () => {
      const running = await startRuntime(golden.flags);
      if (transport === 'UDP') await sendUdp(running.udp, golden.lines);
      else await sendTcp(running.tcp, Buffer.concat(golden.lines.flatMap((line) => [line, Buffer.from('\n')])));
      await running.reached('statsd_exporter_lines_total', golden.lines.length);
      const rows = comparable(await running.page(), golden.expected);
      expect(rows.toSorted()).toEqual(golden.expected.toSorted());
      await running.runtime.stop();
    });
  }
}

import { expect, test } from 'vitest';
import { metricPrefix, webhookMetrics } from '../../../src/webhook/metrics/webhook-metric-table.ts';
import { createMetrics } from '../../../src/webhook/metrics/webhook-metrics.ts';
import { observed } from '../observed.ts';

test('the page has every metric of the table with its type and sentence, and no other', async () => {
  const page = await createMetrics(observed()).page();
  const declared = [...page.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)].map(([, name, help, type]) => ({
    ...{ name, help, type },
  }));
  expect(declared).toEqual(
    Object.entries(webhookMetrics).map(([name, { help, type }]) => ({ name: metricPrefix + name, help, type })),
  );
});

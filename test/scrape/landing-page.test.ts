import { expect, test } from 'vitest';
import { landingPage } from '../../src/scrape/landing-page.ts';

test('shows everything as text, whatever it holds', () => {
  const evil = `<script>alert('x')</script>"&`;
  const html = landingPage({
    version: evil,
    telemetryPath: `/metrics"${evil}`,
    families: 3,
    series: 4,
    settings: [[`--${evil}`, evil]],
    sections: [
      { title: evil, rows: [[evil, evil]] },
      { title: 'Nothing to say', rows: [] },
    ],
    refused: new Map([['series_limit', 7]]),
    topRefused: [{ name: evil, reason: 'series_limit', count: 7, atMost: 7 }],
  });
  expect(html).not.toContain('<script');
  expect(html).not.toContain('"&');
  expect(html.match(/&lt;script&gt;alert\(&#39;x&#39;\)&lt;\/script&gt;&quot;&amp;/g)).toHaveLength(9);
  expect(html).toContain('4 series in 3 families');
  expect(html).toContain('<th scope="row">series_limit</th><td>7</td>');
  expect(html).not.toContain('Nothing to say');
});

test('asks and leads with relative addresses: the sidecar may be behind a proxy', () => {
  const evil = '"><img src=x onerror=alert(1)>';
  const html = landingPage({
    ...{ version: '1', telemetryPath: '/metrics', families: 0, series: 0, settings: [] },
    sections: [
      {
        title: 'Try a line',
        rows: [],
        form: { path: '/debug/explain', label: 'A line', field: 'line', example: evil, button: 'Explain' },
        links: [{ path: `/debug/mappings?${evil}`, text: evil }],
      },
    ],
    refused: new Map(),
    topRefused: [],
  });
  expect(html).toContain('<form action="./debug/explain">');
  expect(html).toContain('name="line"');
  expect(html).not.toContain('<img');
  const addresses = [...html.matchAll(/(?:href|action)="([^"]*)"/g)].map(([, address]) => address);
  expect(addresses.filter((address) => !/^(\.\/|data:,$)/.test(address!))).toEqual([]);
});

import { expect, it } from 'vitest';
import { landingPage } from '../../src/scrape/landing.ts';

it('shows everything as text, whatever it holds', () => {
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
    topRefused: [{ name: evil, reason: 'series_limit', count: 7 }],
  });
  expect(html).not.toContain('<script');
  expect(html).not.toContain('"&');
  expect(html.match(/&lt;script&gt;alert\(&#39;x&#39;\)&lt;\/script&gt;&quot;&amp;/g)).toHaveLength(9);
  expect(html).toContain('4 series in 3 families');
  expect(html).toContain('<th scope="row">series_limit</th><td>7</td>');
  expect(html).not.toContain('Nothing to say');
});

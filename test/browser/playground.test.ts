import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Program, start } from '../process/program.ts';
import { sendTcp } from '../statsd/runtime.ts';
import { findChromium, launch, openPage, weakTexts } from './chromium.ts';
import { startPathProxy } from './path-proxy.ts';

const executable = findChromium(process.env);

if (executable === undefined) {
  console.warn('\n*** no chromium: put one on the PATH or name it by CHROMIUM; no page was looked at ***\n');
}

test('Chromium is there (CHROMIUM or the PATH names it)', (context) => {
  if (executable === undefined && process.env['CI'] !== 'true') context.skip('no chromium: no page was looked at');
  expect(executable).toBeDefined();
});

const mapping = `mappings:
- match: "orders.*.done"
  name: orders_total
  labels:
    region: "$1"
- match: "carts.*"
  action: drop
  name: dropped
`;
/** Markup that would show if it were taken for some: an element, and what it does. */
const evil = '<img src=x onerror=alert(1)>';

describe.skipIf(executable === undefined)('in Chromium', () => {
  let folder: string;
  let program: Program & AsyncDisposable;
  let browser: Browser;
  let url: string;
  let metrics: () => Promise<string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'playground-'));
    await writeFile(join(folder, 'mapping.yml'), mapping);
    program = start([
      'statsd',
      '--web.listen-address=127.0.0.1:0',
      '--statsd.listen-udp=',
      '--statsd.listen-tcp=127.0.0.1:0',
      `--statsd.mapping-config=${folder}/mapping.yml`,
    ]);
    const { tcp } = (await program.said('statsd listens')) as { tcp: { port: number } };
    const { address } = (await program.said('ready')) as { address: { port: number } };
    url = `http://127.0.0.1:${address.port}/`;
    metrics = async () => (await fetch(`${url}metrics`)).text();
    await sendTcp(tcp.port, `orders.eu.done:1|c\n${evil}:1|c|#a:${evil}\n${evil}${evil}\n${evil}:x|c\n`);
    browser = await launch(executable!);
  });
  afterAll(async () => {
    await browser?.close();
    await program?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  /** The lines of the explanation, as they are to be read. */
  const explained = (page: Page) => page.locator('#result .line').allInnerTexts();
  const settled = (page: Page, text: string | RegExp) => page.locator('#status').filter({ hasText: text }).waitFor();

  test('a line is explained while it is typed, with the mapping in use', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${url}debug/explain`);
    expect(await page.inputValue('#mapping')).toBe(mapping);
    await page.locator('#lines').pressSequentially('orders.eu.done:2|c');
    await settled(page, '1 line');
    await page.getByText('orders_total{region="eu"} 2').waitFor();
    const [line] = await explained(page);
    for (const part of ['taken', 'line 2', 'orders.*.done', '$1 eu', 'orders_total{region="eu"}']) {
      expect(line).toContain(part);
    }
    await page.fill('#lines', 'carts.x:1|c\nnot a line');
    await settled(page, '2 lines');
    expect(await explained(page)).toEqual([
      expect.stringMatching(/dropped[\s\S]*line 6/),
      expect.stringMatching(/refused: malformed_line/),
    ]);
    expect(complaints).toEqual([]);
  });

  test('a mapping is tried while it is typed; its errors say where', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${url}debug/explain?line=orders.eu.done:1|c`);
    await page.fill('#mapping', mapping.replace('orders_total', 'sales_total'));
    await page.getByText('sales_total{region="eu"} 1').waitFor();
    await page.fill('#mapping', mapping.replace('"orders.*.done"', 'orders.*x.done'));
    await settled(page, '1 error');
    const finding = page.locator('.findings li').first();
    expect(await finding.innerText()).toMatch(/error 2:10 match/);
    expect(await explained(page)).toEqual([expect.stringMatching(/none matches/)]);
    await finding.locator('a').click();
    expect(await page.evaluate('document.activeElement.id')).toBe('mapping');
    const selected = 'getSelection().toString() || mapping.value.slice(mapping.selectionStart, mapping.selectionEnd)';
    expect(await page.evaluate(selected)).toBe('orders.*x.done');
    expect(complaints).toEqual([]);
  });

  test('a rule shows its line of the mapping, to the keyboard too', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${url}debug/explain?line=carts.x:1|c`);
    const mark = page.locator('.mark');
    expect(await mark.isVisible()).toBe(false);
    await page.focus('#ask button');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('line 6');
    expect(await mark.getAttribute('data-line')).toBe('6');
    const [box, editor] = [await mark.boundingBox(), await page.locator('#mapping').boundingBox()];
    const lineHeight = await page.evaluate<number>('parseFloat(getComputedStyle(mapping).lineHeight)');
    expect(box!.y - editor!.y).toBeCloseTo(8 + 5 * lineHeight, 0);
    await page.keyboard.press('Enter');
    expect(await page.evaluate('mapping.value.slice(mapping.selectionStart, mapping.selectionEnd)')).toBe(
      '- match: "carts.*"',
    );
  });

  test('it counts nothing', async () => {
    const own = (page: string) => page.split('\n').filter((row) => /^(statsd_exporter|orders)_/.test(row));
    const before = own(await metrics());
    const { page } = await openPage(browser);
    await page.goto(`${url}debug/explain`);
    await page.fill('#lines', 'orders.eu.done:2|c\nnot a line');
    await settled(page, '2 lines');
    expect(own(await metrics())).toEqual(before);
  });

  test('hostile text stays text, wherever it comes from', async () => {
    const { page, complaints } = await openPage(browser);
    for (const path of ['', 'debug/mappings', `debug/explain?line=${encodeURIComponent(`${evil}:1|c|#a:${evil}`)}`]) {
      await page.goto(url + path);
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.innerText('body')).toContain(evil);
    }
    await page.fill('#lines', `${evil}:1|c|#a:${evil}\n${evil}\n</textarea></pre>${evil}:1|g`);
    const hostile = `mappings:\n- match: "${evil}"\n  name: "${evil}"\n  labels:\n    "${evil}": "${evil}"\n  "${evil}": 1\n`;
    await page.fill('#mapping', hostile);
    await settled(page, 'error');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.innerText('#result')).toContain(evil);
    expect(complaints).toEqual([]);
  });

  test('the landing page leads there, and a single line needs no script', async () => {
    const { page, complaints } = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(url);
    await page.fill('input[name=line]', 'orders.eu.done:1|c');
    await page.press('input[name=line]', 'Enter');
    await page.waitForURL(/\/debug\/explain\?line=/);
    expect(await explained(page)).toEqual([expect.stringContaining('orders_total{region="eu"}')]);
    // Neither does the form beside it, whole as it is.
    await page.fill('#lines', 'orders.us.done:1|c\ncarts.x:1|c');
    await page.fill('#mapping', mapping.replace('orders_total', 'sales_total'));
    await page.click('#ask button');
    await page.getByText('sales_total{region="us"} 1').waitFor();
    expect(await explained(page)).toHaveLength(2);
    expect(await page.inputValue('#mapping')).toContain('sales_total');
    await page.click('text=Mapping use');
    expect(await page.innerText('body')).toContain('orders.*.done');
    expect(complaints).toEqual([]);
  });

  test('it works behind the path of a proxy', async () => {
    await using proxy = await startPathProxy(url, '/api/v1/namespaces/shop/pods/app-1:9102/proxy/');
    const { page, complaints } = await openPage(browser);
    await page.goto(proxy.url);
    await page.click('text=Mapping playground');
    await page.fill('#lines', 'orders.eu.done:1|c');
    await page.getByText('orders_total{region="eu"} 1').waitFor();
    await page.click('text=Mapping use');
    await page.click('text=Playground');
    await page.click('text=Sidecar');
    expect(complaints).toEqual([]);
    await page.click('text=/metrics');
    expect(await page.innerText('body')).toContain('orders_total');
  });

  test.each(['light', 'dark'] as const)('all of it can be read: %s', async (colorScheme) => {
    const { page, complaints } = await openPage(browser, { colorScheme });
    await page.goto(url);
    expect(await weakTexts(page)).toEqual([]);
    const back = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(back).toBe(colorScheme === 'dark' ? 'rgb(20, 23, 29)' : 'rgb(255, 255, 255)');
    await page.goto(`${url}debug/mappings`);
    expect(await weakTexts(page)).toEqual([]);
    await page.goto(`${url}debug/explain`);
    await page.fill('#mapping', `${mapping}- match: "orders.eu.done"\n  name: x\n  nme: y\n`);
    await page.fill('#lines', 'orders.eu.done:1|c\ncarts.x:1|c\nno line\na:1|c:x|g\n_sc|a|0');
    await settled(page, /5 lines.*warning/);
    expect(await weakTexts(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('a phone shows it without scrolling sideways', async () => {
    const { page } = await openPage(browser, { viewport: { width: 360, height: 740 } });
    const wide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    for (const path of ['', 'debug/mappings', `debug/explain?line=${'orders.'.repeat(40)}:1|c`]) {
      await page.goto(url + path);
      expect(await page.evaluate(wide)).toBe(0);
    }
  });

  test('a sidecar that went away is said, and what stands there is marked as old', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${url}debug/explain?line=orders.eu.done:1|c`);
    await page.route('**/debug/explain', (route) => route.abort());
    await page.fill('#lines', 'orders.us.done:1|c');
    await settled(page, 'did not answer');
    expect(await page.locator('#result.stale').count()).toBe(1);
    await page.unroute('**/debug/explain');
    await page.fill('#lines', 'orders.fr.done:1|c');
    await page.getByText('orders_total{region="fr"} 1').waitFor();
    expect(await page.locator('#result.stale').count()).toBe(0);
  });
});

import { getuid } from 'node:process';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { findProgram } from '../peer/program.ts';

/** Chromium: named by its environment variable CHROMIUM, on the PATH, or where Debian has it. */
export function findChromium(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return findProgram('chromium', { ...env, PATH: `${env['PATH'] ?? ''}:/usr/bin` });
}

/** Chromium's sandbox is not for root. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

/**
 * A page of a context of its own, and what the browser complained of there: errors, refused scripts, failed requests.
 */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { page, complaints };
}

/** Texts of the page that stand out less than WCAG 2.1 asks for (AA: 4.5 to 1). */
export function weakTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate(`(() => {
    const channels = (color) => color.match(/[\\d.]+/g).map(Number);
    const luminance = ([r, g, b]) => {
      const linear = [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
      return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const background = (element) => {
      for (let one = element; one; one = one.parentElement) {
        const color = channels(getComputedStyle(one).backgroundColor);
        if (color.length === 3 || color[3] > 0) return color;
      }
      return [255, 255, 255];
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const weak = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (node.data.trim() === '' || element.tagName === 'SCRIPT' || element.tagName === 'STYLE') continue;
      const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(background(element))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) weak.push(ratio.toFixed(2) + ' ' + node.data.trim().slice(0, 40));
    }
    return weak;
  })()`);
}

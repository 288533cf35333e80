import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeHtml, html } from '../../src/scrape/html.ts';

test('escapes every value but pieces of its own', () => {
  const evil = `<b title="x">'&'</b>`;
  const list = [evil, 'plain'].map((text) => html`<li>${text}</li>`);
  expect(html`<ul class="${evil}">${list}</ul>${undefined}${false}${0}`.text).toBe(
    '<ul class="&lt;b title=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/b&gt;">' +
      '<li>&lt;b title=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/b&gt;</li><li>plain</li></ul>0',
  );
});

test('does not take what only looks like a piece for one', () => {
  const piece = JSON.parse('{"text":"<script>"}') as never;
  expect(html`${piece}`.text).not.toContain('<script>');
});

test('leaves no text that could end where it stands', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const written = escapeHtml(text);
      expect(written).not.toMatch(/[<>"']/);
      expect(written.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
    }),
  );
});

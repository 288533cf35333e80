/**
 * The script of the playground in the browser; a text, since neither Node nor the bundle runs it. It explains while the
 * user types, and shows places in the mapping. It puts the same content into the page as the answer to the form.
 */
export const playgroundScript = String.raw`'use strict';
(() => {
  const form = document.getElementById('ask');
  const lines = document.getElementById('lines');
  const mapping = document.getElementById('mapping');
  const result = document.getElementById('result');
  const status = document.getElementById('status');
  const gutter = document.querySelector('.gutter');
  const mark = document.querySelector('.mark');
  const PAUSE = 300;
  const SLOW = 700;

  // Explaining: one request at a time, and one more for what was typed meanwhile.
  let timer;
  let busy = false;
  let again = false;

  function later(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(explain, milliseconds);
  }

  function ask() {
    return fetch(form.getAttribute('action'), {
      method: 'POST',
      cache: 'no-store',
      headers: { 'content-type': 'application/json', accept: 'text/html' },
      body: JSON.stringify({ lines: lines.value, mapping: mapping.value }),
    });
  }

  async function explain() {
    clearTimeout(timer);
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    again = false;
    const slow = setTimeout(() => say('Explaining …'), SLOW);
    try {
      const response = await ask();
      const text = await response.text();
      clearTimeout(slow);
      await show(response, text);
    } catch {
      stale();
      say('The sidecar did not answer. The next change asks again.');
    }
    clearTimeout(slow);
    busy = false;
    if (again) explain();
  }

  function show(response, text) {
    if (response.status === 429) {
      say('The sidecar is busy; asking again.');
      stale();
      later(1000 * Number(response.headers.get('retry-after') || 1));
      return;
    }
    const page = new DOMParser().parseFromString(text, 'text/html');
    const made = page.getElementById('result');
    if (made === null) {
      stale();
      say(text.slice(0, 200));
      return;
    }
    result.replaceChildren(...made.childNodes);
    result.classList.remove('stale');
    unmark();
    const count = result.querySelectorAll('.line').length;
    const errors = result.querySelectorAll('.findings .error').length;
    const warnings = result.querySelectorAll('.findings .warning').length;
    const parts = [several(count, 'line'), errors && several(errors, 'error'), warnings && several(warnings, 'warning')];
    say(parts.filter(Boolean).join(', '));
  }

  function several(count, what) {
    return count + ' ' + what + (count === 1 ? '' : 's');
  }

  function say(text) {
    status.textContent = text;
  }

  function stale() {
    result.classList.add('stale');
  }

  // Places in the mapping. Lines do not wrap there, so each is as high as the others.
  function lineHeight() {
    return Number.parseFloat(getComputedStyle(mapping).lineHeight);
  }

  function lineTop(line) {
    return Number.parseFloat(getComputedStyle(mapping).paddingTop) + (line - 1) * lineHeight();
  }

  function number() {
    const count = mapping.value.split('\n').length;
    let text = '';
    for (let i = 1; i <= count; i++) text += i + '\n';
    gutter.textContent = text;
    scrolled();
  }

  function scrolled() {
    gutter.scrollTop = mapping.scrollTop;
    if (!mark.hidden) mark.style.top = lineTop(Number(mark.dataset.line)) - mapping.scrollTop + 'px';
  }

  function markLine(line) {
    mark.dataset.line = line;
    mark.style.height = lineHeight() + 'px';
    mark.hidden = false;
    const top = lineTop(line);
    const hidden = top < mapping.scrollTop || top + lineHeight() > mapping.scrollTop + mapping.clientHeight;
    if (hidden) mapping.scrollTop = top - mapping.clientHeight / 3;
    scrolled();
  }

  function unmark() {
    mark.hidden = true;
  }

  function placeOf(event) {
    return event.target instanceof Element ? event.target.closest('[data-line]') : null;
  }

  function selectLine(line, column) {
    const before = mapping.value.split('\n').slice(0, line - 1);
    const start = before.reduce((sum, text) => sum + text.length + 1, 0);
    const end = mapping.value.indexOf('\n', start);
    mapping.focus();
    mapping.setSelectionRange(start + column - 1, end < 0 ? mapping.value.length : end);
  }

  for (const kind of ['focusin', 'mouseover']) {
    result.addEventListener(kind, (event) => {
      const place = placeOf(event);
      if (place !== null) markLine(Number(place.dataset.line));
    });
  }
  result.addEventListener('click', (event) => {
    const place = placeOf(event);
    if (place === null) return;
    event.preventDefault();
    selectLine(Number(place.dataset.line), Number(place.dataset.column));
    markLine(Number(place.dataset.line));
  });

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    explain();
  });
  form.addEventListener('input', () => later(PAUSE));
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) explain();
  });
  mapping.addEventListener('input', number);
  mapping.addEventListener('input', unmark);
  mapping.addEventListener('scroll', scrolled);
  gutter.parentElement.classList.add('numbered');
  number();
  if (lines.value !== '' && result.children.length === 0) explain();
})();
`;

// A crawler: it opens a connection a page, most of them to one destination, and closes them itself. Each leaves a local
// port in TIME_WAIT for a minute, which is how crawlers run out of ports.
import { createServer, get } from 'node:http';

const port = Number(process.env.PORT ?? 8080);
const target = process.env.CRAWL_URL ?? `http://127.0.0.1:${port}`;
const perSecond = Number(process.env.PAGES_PER_SECOND ?? 20);

/** Something to crawl: every page links to the next two. */
const server = createServer((request, response) => {
  const page = Number(/^\/page\/(\d{1,9})$/.exec(request.url)?.[1] ?? 0);
  response.setHeader('content-type', 'text/html');
  response.end(`<a href="/page/${page * 2 + 1}">next</a> <a href="/page/${page * 2 + 2}">other</a>\n`);
});

const frontier = ['/page/0'];
let crawled = 0;
let failed = 0;

function crawl() {
  const path = frontier.shift() ?? '/page/0';
  // Without an agent: a connection for this page alone.
  get(target + path, { agent: false }, async (response) => {
    let html = '';
    for await (const chunk of response) html += chunk;
    crawled++;
    for (const [, link] of html.matchAll(/href="([^"]+)"/g)) if (frontier.length < 1000) frontier.push(link);
  }).on('error', () => {
    failed++;
    frontier.push(path);
  });
}

process.on('SIGTERM', () => process.exit());
server.listen(port, () => {
  console.log(`crawling ${target}, ${perSecond} pages a second`);
  setInterval(crawl, 1000 / perSecond);
  setInterval(() => console.log(`${crawled} pages crawled, ${failed} failed`), 30_000).unref();
});

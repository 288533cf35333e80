// A service that nobody can change any more: no metrics, no request ids, some slow answers, some errors.
import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? 8080);

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://legacy');
  const [, , collection, id] = pathname.split('/');
  if (collection === 'users' && id !== undefined) {
    response.setHeader('content-type', 'application/json');
    response.end(`{"user":${JSON.stringify(id)}}\n`);
  } else if (collection === 'orders') {
    setTimeout(() => response.end('[]\n'), 50);
  } else if (pathname === '/broken') {
    response.writeHead(500).end('it broke\n');
  } else if (pathname === '/') {
    response.end('legacy\n');
  } else {
    response.writeHead(404).end('no such thing\n');
  }
});

process.on('SIGTERM', () => process.exit());
server.listen(port, () => console.log(`legacy service on port ${port}`));

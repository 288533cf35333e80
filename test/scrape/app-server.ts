import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An application's HTTP server on a free port of loopback; what it answers can be changed while it runs. */
export interface AppServer {
  readonly url: string;
  readonly server: Server;
  readonly requests: IncomingMessage[];
  answer: Answer;
  close(): Promise<void>;
}

export async function startApp(answer: Answer): Promise<AppServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    app.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const app: AppServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    server,
    requests,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return app;
}

/** Answers with a page of text 0.0.4. */
export function page(body: string | Buffer, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4', ...headers });
    response.end(body);
  };
}

/** The URL of a port of loopback where nobody listens. */
export async function nobody(): Promise<string> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return `http://127.0.0.1:${port}/metrics`;
}

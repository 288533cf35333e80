// Sends one counter for each environment on standard input, by hot-shots as it stands without arguments. Prints by name
// what the client says itself: the socket that it chose, or its error.
import { text } from 'node:stream/consumers';
import StatsD from 'hot-shots';

const said = {};
for (const { name: prefix, clear, env } of JSON.parse(await text(process.stdin))) {
  const name = `${prefix}_hotshots`;
  for (const key of clear) delete process.env[key];
  Object.assign(process.env, env);
  await new Promise((resolve) => {
    const client = new StatsD({ errorHandler: (error) => (said[name] = { error: String(error) }) });
    if (client.protocol === 'uds') {
      said[name] = { socket: client.path };
      resolve();
      return;
    }
    client.increment(name, 1, (error) => {
      if (error) said[name] = { error: String(error) };
      client.close(resolve);
    });
  });
}
process.stdout.write(JSON.stringify(said));

import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

export const image = process.env.IMAGE ?? 'localhost/metrics-sidecar:dev';
export const base = 'gcr.io/distroless/nodejs24-debian12:nonroot';
export const root = new URL('../..', import.meta.url).pathname;

const run = promisify(execFile);

/** Standard output of `podman ARGS`; rejects with its standard error where it fails. */
export async function podman(...args: string[]): Promise<string> {
  return (await run('podman', args, { maxBuffer: 2 ** 26, cwd: root })).stdout;
}

/** What these tests need and is not there, in words; an empty text where all is. An error where all should be (CI). */
export function whatIsMissing(): string {
  const missing = ask();
  if (missing === '') return '';
  if (process.env.CI !== undefined) throw new Error(`test:image: ${missing}`);
  console.error(`\ntest:image SKIPPED: ${missing}\n`);
  return missing;
}

function ask(): string {
  try {
    execFileSync('podman', ['image', 'exists', image], { stdio: 'ignore' });
    return '';
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return absent ? 'podman is not on the PATH' : `there is no image ${image}: podman build -t ${image} .`;
  }
}

/** As the injected container runs: nothing may be written, nothing is allowed, nothing can be gained. */
export const locked = ['--read-only', '--read-only-tmpfs=false', '--cap-drop=all', '--security-opt=no-new-privileges'];

/** The user that an OpenShift namespace hands out: no line in /etc/passwd, and the group root. */
export const arbitrary = '1000660000:0';

/** The value of a JavaScript expression inside of a running container. */
export async function inside(container: string, expression: string): Promise<unknown> {
  const program = `Promise.resolve(${expression}).then((value) => console.log(JSON.stringify(value ?? null)))`;
  return JSON.parse(await podman('exec', container, '/nodejs/bin/node', '-e', program));
}

/** The body of `http://127.0.0.1:PORT/PATH` inside of the container, asked again until somebody answers. */
export async function page(container: string, address: string): Promise<string> {
  const url = JSON.stringify(`http://127.0.0.1:${address}`);
  const program = `(async () => {
    for (;;) {
      const answer = await fetch(${url}).catch(() => undefined);
      if (answer?.ok) return answer.text();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })()`;
  try {
    return (await inside(container, program)) as string;
  } catch (error) {
    throw new Error(`the container said: ${await podman('logs', container)}`, { cause: error });
  }
}

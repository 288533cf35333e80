import { version } from '../runtime/version.ts';

/** The tracker for bug reports. */
const tracker = 'https://github.com/metrics-sidecar/metrics-sidecar/issues';
const mostFrames = 12;
const mostCharacters = 500;

/**
 * The message of an internal error: one sentence, the stack, and where to report it. Node itself would print the line
 * of the bundle that threw, which is a whole file. Of the command line only the command is shown: the rest may be a
 * secret.
 *
 * @param command absent where none was started
 */
export function internalErrorText(error: unknown, command: string | undefined): string {
  const { name = '', message = String(error), stack = '' } = error instanceof Error ? error : {};
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return [
    `metrics-sidecar: a bug${command === undefined ? '' : ` in "${command}"`}: ${cut([name, message].filter(Boolean).join(': '))}`,
    ...frames.slice(0, mostFrames).map(cut),
    `metrics-sidecar ${version}, Node ${process.version}, ${process.platform} ${process.arch}`,
    `Please report these lines: ${tracker}`,
    '',
  ].join('\n');
}

function cut(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}

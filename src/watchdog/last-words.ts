/** A frame of the stack, as the debugger gives it. Lines and columns begin at 0. */
export interface Frame {
  readonly functionName: string;
  readonly location: {
    readonly scriptId: string;
    readonly lineNumber: number;
    readonly columnNumber?: number | undefined;
  };
}

const mostFrames = 30;

/** The frames as the stack of an error shows them. */
export function callStack(frames: readonly Frame[], urls: ReadonlyMap<string, string>): string {
  return frames
    .slice(0, mostFrames)
    .map(({ functionName, location: { scriptId, lineNumber, columnNumber = 0 } }) => {
      const place = `${urls.get(scriptId) ?? 'unknown'}:${lineNumber + 1}:${columnNumber + 1}`;
      return functionName === '' ? `    at ${place}` : `    at ${functionName} (${place})`;
    })
    .join('\n');
}

export interface LastWords {
  readonly format: 'json' | 'logfmt';
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds that the event loop was given. */
  readonly limit: number;
  /** Empty where it did not come. */
  readonly stack: string;
}

/** The log line, in the shape of all others. */
export function lastWords({ format, now, limit, stack }: LastWords): string {
  const fields = {
    time: new Date(now).toISOString(),
    level: 'error',
    message: 'the event loop stands still: the process ends',
    reason: 'watchdog',
    limit,
    stack: stack === '' ? 'unknown: it stands in a call of the system' : stack,
  };
  if (format === 'json') return `${JSON.stringify(fields)}\n`;
  return `${Object.entries(fields)
    .map(([name, value]) => `${name}=${/\s|"|=/.test(String(value)) ? JSON.stringify(value) : value}`)
    .join(' ')}\n`;
}

import { writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';
import { workerData } from 'node:worker_threads';
import { callStack, type Frame, lastWords } from './last-words.ts';
import type { WatchdogData } from './watchdog.ts';

/** As a bug: EX_SOFTWARE of sysexits.h. */
const exitCode = 70;
/** Milliseconds for the stack to come. It cannot come out of a call of the system that never returns. */
const patienceMs = 2000;

const { beats, limit, interval, format } = workerData as WatchdogData;
const beat = new Int32Array(beats);

let seen = -1;
let still = 0;
const looking = setInterval(() => {
  const now = Atomics.load(beat, 0);
  still = now === seen ? still + 1 : 0;
  seen = now;
  if (still * interval < limit) return;
  clearInterval(looking);
  bite();
}, interval);

function bite(): void {
  const urls = new Map<string, string>();
  const session = new Session();
  const unanswered = setTimeout(() => {
    say('');
    kill();
  }, patienceMs);
  session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
  session.on('Debugger.paused', ({ params }) => {
    clearTimeout(unanswered);
    const frames: readonly Frame[] = params.callFrames;
    say(callStack(frames, urls));
    setTimeout(kill, patienceMs);
    // An exit with a code of its own can only be asked of the thread that stands still, which runs this where it
    // stands.
    const { callFrameId } = params.callFrames[0]!;
    session.post('Debugger.evaluateOnCallFrame', { callFrameId, expression: `process.reallyExit(${exitCode})` });
  });
  session.connectToMainThread();
  session.post('Debugger.enable');
  session.post('Debugger.pause');
}

/** To the log, past everything that waits for the event loop. */
function say(stack: string): void {
  const line = Buffer.from(lastWords({ format, now: Date.now(), limit, stack }));
  let written = 0;
  // A reader that takes nothing must not keep the process from ending.
  for (let tries = 0; written < line.length && tries < 1000; tries++) {
    try {
      written += writeSync(1, line, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function kill(): void {
  process.kill(process.pid, 'SIGKILL');
  // The first process of a container gets no signal from inside of it, SIGKILL included. Nothing but a fault ends it.
  setTimeout(() => {
    setFlagsFromString('--allow-natives-syntax');
    new Function('%SystemBreak()')();
  }, 100);
}

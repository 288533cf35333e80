/**
 * Runs command lines of the program with the fixture among its kinds: a list of `[args, input]` on standard input, the
 * list of what each printed on standard output, both as JSON.
 */
import './with-fixture.ts';
import { text } from 'node:stream/consumers';
import { printedWithInput } from '../cli/printed.ts';

const { run } = await import('../../src/cli/run-command-line.ts');

const printed = [];
for (const [args, input] of JSON.parse(await text(process.stdin))) {
  printed.push(await printedWithInput(input, run, ...args));
}
process.stdout.write(JSON.stringify(printed));

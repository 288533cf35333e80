/** The program with the fixture among its kinds: `node test/kinds/fixture-program.ts ARGUMENTS`. */
import './with-fixture.ts';

await import('../../src/main.ts');

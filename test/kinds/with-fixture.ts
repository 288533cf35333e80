/**
 * The list of kinds with the fixture, for programs of tests. The lists and tables that follow from the kinds are made
 * when their modules are loaded, so a program imports this module first.
 */
import type { Kind } from '../../src/kinds/kind.ts';
import { kinds } from '../../src/kinds/kinds.ts';
import { fixture } from './fixture-kind.ts';

(kinds as Kind[]).push(fixture);

import type { RE2JS } from 're2js';

/** Whether an expression finds itself somewhere in a name. */
export type RegexTest = (regex: RE2JS, name: string) => boolean;

type Automaton = ReturnType<RE2JS['re2']>['dfa'];

/** Of all expressions together, and of one; bytes as the library counts them, which is about what they take. */
const BYTES = 4 * 2 ** 20;
const BYTES_OF_ONE = 2 ** 20;

/**
 * Tests expressions with the automata that the library builds while it matches. It would remember up to 8 MiB of states for each
 * expression. Here all share less than that, and begin anew when it is used up; the library goes on without
 * an automaton where that happens too often within a name.
 */
export function regexTest(bytes = BYTES, bytesOfOne = BYTES_OF_ONE): RegexTest {
  const automata = new Set<Automaton>();
  let used = 0;
  return (regex, name) => {
    const re2 = regex.re2();
    // Nothing but text: it is searched for as such.
    if (re2.prefixComplete) return regex.test(name);
    const automaton = re2.dfa;
    if (!automata.has(automaton)) {
      automata.add(automaton);
      automaton.stateBudget = bytesOfOne;
      automaton.clearCache();
    }
    const before = automaton.memBudget;
    const found = regex.test(name);
    used += before - automaton.memBudget;
    if (used > bytes) {
      for (const one of automata) one.clearCache();
      used = 0;
    }
    return found;
  };
}

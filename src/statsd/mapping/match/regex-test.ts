import type { RE2JS } from 're2js';

/** Whether an expression matches a part of a name. */
export type RegexTest = (regex: RE2JS, name: string) => boolean;

type Automaton = ReturnType<RE2JS['re2']>['dfa'];

/** The memory of all expressions together, and of one, in bytes as the library counts them: about what they take. */
const mostBytes = 4 * 2 ** 20;
const mostBytesOfOne = 2 ** 20;

/**
 * Tests expressions with the automata that the library builds while it matches. It would remember up to 8 MiB of states
 * for each expression. Here all expressions share less than that, and all automata restart when it is used up. The
 * library goes on without an automaton where that happens too often within a name.
 */
export function regexTest(bytes = mostBytes, bytesOfOne = mostBytesOfOne): RegexTest {
  const automata = new Set<Automaton>();
  let usedBytes = 0;
  return (regex, name) => {
    const re2 = regex.re2();
    // A literal: a substring search.
    if (re2.prefixComplete) return regex.test(name);
    const automaton = re2.dfa;
    if (!automata.has(automaton)) {
      automata.add(automaton);
      automaton.stateBudget = bytesOfOne;
      automaton.clearCache();
    }
    const before = automaton.memBudget;
    const matches = regex.test(name);
    usedBytes += before - automaton.memBudget;
    if (usedBytes > bytes) {
      for (const one of automata) one.clearCache();
      usedBytes = 0;
    }
    return matches;
  };
}

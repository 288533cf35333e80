import type { CombinedOutput, Contribution, SummaryOutput } from './exported-series.ts';

/** Makes a client's value one of those that an output is made of. */
export function join({ members }: CombinedOutput | SummaryOutput, contribution: Contribution): void {
  if (contribution.index !== -1) return;
  contribution.index = members.length;
  contribution.joined = contribution.order;
  members.push(contribution);
}

/** Takes it away; the last one takes its place, since there may be thousands. */
export function part({ members }: CombinedOutput | SummaryOutput, contribution: Contribution): void {
  const { index } = contribution;
  if (index === -1) return;
  contribution.index = -1;
  const last = members.pop()!;
  if (last === contribution) return;
  members[index] = last;
  last.index = index;
}

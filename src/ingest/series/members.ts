import type { CombinedOutput, Contribution, SummaryOutput } from './exported-series.ts';

/** Adds a client's value to those that an output combines. */
export function addMember({ members }: CombinedOutput | SummaryOutput, contribution: Contribution): void {
  if (contribution.index !== -1) return;
  contribution.index = members.length;
  contribution.joinOrder = contribution.order;
  members.push(contribution);
}

/** Removes a client's value; the last one moves into the gap, since there may be thousands. */
export function removeMember({ members }: CombinedOutput | SummaryOutput, contribution: Contribution): void {
  const { index } = contribution;
  if (index === -1) return;
  contribution.index = -1;
  const last = members.pop()!;
  if (last === contribution) return;
  members[index] = last;
  last.index = index;
}

/** A number of pods, or a percentage of them, as update strategies have it (`IntOrString`). */
export type IntOrPercent = number | string | null | undefined;

/** The number that a value stands for. (intstr.GetScaledValueFromIntOrPercent) */
export function shareOf(value: IntOrPercent, pods: number, round: 'up' | 'down', standard: number | string): number {
  const given = value ?? standard;
  if (typeof given === 'number') return given;
  const percent = Number(/^(\d{1,9})%$/.exec(given)?.[1] ?? Number.NaN);
  if (Number.isNaN(percent)) return pods;
  const share = (pods * percent) / 100;
  return round === 'up' ? Math.ceil(share) : Math.floor(share);
}

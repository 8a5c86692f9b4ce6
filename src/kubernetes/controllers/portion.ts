/** A number of pods, given as such or as a percentage (`25%`) of `of`. Source: apimachinery's intstr. */
export function portion(value: number | string, of: number, round: (x: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined ? 0 : round((Number(percent) * of) / 100);
}

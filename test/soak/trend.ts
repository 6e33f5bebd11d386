export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** The least-squares line through the samples: how much it rises per unit of `at`, and where it stands in the middle. */
export function trend(samples: readonly Sample[]): { readonly slope: number; readonly mean: number } {
  const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = meanOf(samples.map(({ at }) => at));
  const mean = meanOf(samples.map(({ value }) => value));
  const spread = samples.reduce((sum, { at }) => sum + (at - middle) ** 2, 0);
  const joint = samples.reduce((sum, { at, value }) => sum + (at - middle) * (value - mean), 0);
  return { slope: spread === 0 ? 0 : joint / spread, mean };
}

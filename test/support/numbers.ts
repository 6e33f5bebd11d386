/** xorshift32: numbers from 0 up to 1, the same for the same seed. */
export function numbers(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state / 2 ** 32;
  };
  for (let warm = 0; warm < 10; warm += 1) next();
  return next;
}

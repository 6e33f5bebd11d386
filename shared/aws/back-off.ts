/** Waits before the next try: exponential, at most a second, with full jitter so that rivals part ways. */
export function backOff(tries: number): Promise<void> {
  const milliseconds = Math.random() * Math.min(1000, 20 * 2 ** tries);
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Says what belongs there; limits keep zod's own words. */
export const wanted = (what: string) => ({
  error: ({ code, input }: { code?: string | undefined; input?: unknown }) =>
    code === 'invalid_type' || code === 'invalid_union'
      ? input === undefined
        ? `is missing: ${what}`
        : `is not ${what}`
      : undefined,
});

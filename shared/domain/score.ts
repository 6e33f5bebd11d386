// PLACEHOLDER by the lead, to be overwritten by the recognition helper's own file.
export type Score = { readonly kind: 'score'; readonly score: number } | { readonly kind: 'unclear' };
export function readScore(text: string): Score {
  const n = /^\s*(\d+)\s*$/.exec(text)?.[1];
  return n !== undefined && Number(n) <= 10 ? { kind: 'score', score: Number(n) } : { kind: 'unclear' };
}
export const scoreGroup = (score: number): 'promoter' | 'passive' | 'detractor' => (score >= 9 ? 'promoter' : score >= 7 ? 'passive' : 'detractor');

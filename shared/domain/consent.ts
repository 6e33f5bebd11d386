// PLACEHOLDER by the lead, to be overwritten by the recognition helper's own file.
export function recognise(text: string): { readonly meaning: 'opt-out' | 'help' | 'opt-in' | 'message'; readonly flagged: boolean } {
  const t = text.trim().toLowerCase();
  const meaning = t === 'stop' ? 'opt-out' : t === 'help' ? 'help' : t === 'start' ? 'opt-in' : 'message';
  return { meaning, flagged: false };
}
export const isYes = (text: string): boolean => text.trim().toLowerCase() === 'yes';

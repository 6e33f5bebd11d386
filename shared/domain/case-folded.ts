/** Full case folding (Unicode, section 3.13): upper case joins what lower case keeps apart, as ß with ss. */
export const caseFolded = (text: string): string => text.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');
